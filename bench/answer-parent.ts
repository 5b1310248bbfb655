/** Tells the process that measures this one its port, and then its CPU time whenever it asks. */
export function answerParent(port: number, stop: () => Promise<void>): void {
  process.on('message', async (message) => {
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send?.(user + system);
    }
    if (message === 'stop') {
      await stop();
      process.exit(0);
    }
  });
  process.send?.(port);
}
