import type { Changes, Subject, Told } from './changes.ts';
import { type ListeningConnection, openListeningConnection } from './listening-connection.ts';
import { createChangeRecord } from './record.ts';

/** Changes as they are heard, until it is stopped. */
export interface ChangeListener extends Changes {
  stop(): Promise<void>;
}

/** In milliseconds. What was not proved for `trusted` is not vouched for: no page stays stale for longer. */
const times = { betweenProofs: 1_000, trusted: 4_000, beforeNextTry: 200, catchingUp: 1_000 };

/**
 * Listens to what the database tells of changes, on a connection of its own. An answer on that connection proves that all
 * that was committed before the question has been heard: Postgres delivers notifications before it answers. A connection
 * that breaks, or answers no more, is made anew, and then anything may have changed.
 *
 * @param url of the database, asked for at every try.
 * @param onError told why the database is not heard any more: once, until it is heard again.
 */
export function listenForChanges({
  url,
  onError,
}: {
  url: () => string;
  onError: (error: Error) => void;
}): ChangeListener {
  const record = createChangeRecord();
  const listeners = new Set<(subject: Subject) => void>();
  const stopping = new AbortController();
  let connection: ListeningConnection | undefined;
  let provenAt = Number.NEGATIVE_INFINITY;
  let askedLater: Promise<void> | undefined;
  let complained = false;
  let wake = () => {};
  const running = keepListening();

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const asked = performance.now();
        connection = await openListeningConnection(url(), { hear, cancel: stopping.signal, onBreak: () => wake() });
        noteGap();
        provenAt = asked;
        complained = false;
        await proveUntilBroken(connection);
      } catch (error) {
        if (!complained && !stopping.signal.aborted) onError(error as Error);
        complained = true;
      } finally {
        provenAt = Number.NEGATIVE_INFINITY;
        connection?.destroy();
        connection = undefined;
      }
      if (!stopping.signal.aborted) await rest(times.beforeNextTry);
    }
  }

  async function proveUntilBroken({ ask }: ListeningConnection): Promise<void> {
    for (;;) {
      await rest(times.betweenProofs);
      if (stopping.signal.aborted) return;
      const asked = performance.now();
      await ask();
      provenAt = asked;
    }
  }

  function rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function hear(told: Told): void {
    if (told === 'everything') {
      noteGap();
      return;
    }
    record.note(told);
    if (told !== 'site') record.note('conversations');
    for (const tell of listeners) tell(told);
  }

  function noteGap(): void {
    record.noteGap();
    for (const tell of listeners) tell('conversations');
  }

  function isHeard(): boolean {
    return connection?.isOpen() === true && performance.now() - provenAt < times.trusted;
  }

  return {
    mark: record.mark,
    unchangedSince: (mark, subjects) => isHeard() && record.unchangedSince(mark, subjects),
    unchangedAsFarAsKnown: record.unchangedSince,
    isHeard,
    async caughtUp() {
      const present = connection;
      if (!present) return;
      // One question serves all who come before it is put; who comes later needs a later one.
      askedLater ??= Promise.resolve().then(() => {
        askedLater = undefined;
        return withinTime(present.ask(), times.catchingUp);
      });
      await askedLater;
    },
    onChange(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    async stop() {
      stopping.abort();
      wake();
      connection?.destroy();
      await running;
    },
  };
}

// Whoever waits is let go then, or where it cannot be heard: what they wait for is a comfort.
function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const settle = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(settle, settle);
  });
}
