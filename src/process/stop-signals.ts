/** Ctrl-C reaches every process of a terminal, and npm passes it on: one press comes twice, so far apart at most. */
const onePress = 1_000;

/**
 * Listens for being asked to end: `stop` is called the first time, `force` where that is repeated.
 *
 * @returns takes the listeners away.
 */
export function onStopSignals({ stop, force }: { stop: () => void; force: () => void }): () => void {
  let stoppedAt: number | undefined;
  const heard = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop();
    } else if (performance.now() - stoppedAt > onePress) {
      force();
    }
  };
  process.on('SIGTERM', heard).on('SIGINT', heard);
  return () => {
    process.off('SIGTERM', heard).off('SIGINT', heard);
  };
}
