import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Changes, Subject } from './changes.ts';
import { createChangeRecord } from './record.ts';

/** Changes as they are heard, until it is stopped. */
export interface ChangeListener extends Changes {
  stop(): Promise<void>;
}

/** In milliseconds. What was not proved for `trusted` is not vouched for: no page stays stale for longer. */
const times = { betweenProofs: 1_000, answer: 1_500, trusted: 4_000, beforeNextTry: 200, catchingUp: 1_000 };

/**
 * Listens to what the database tells of changes, on a connection of its own. An answer on that connection proves that all
 * that was committed before the question has been heard: Postgres delivers notifications before it answers. A connection
 * that breaks, or answers no more, is made anew, and then anything may have changed.
 *
 * @param url of the database, asked for at every try.
 * @param onError told why a connection ended.
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
  let connection: Connection | undefined;
  let provenAt = Number.NEGATIVE_INFINITY;
  let askedLater: Promise<void> | undefined;
  const running = keepListening();

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        connection = await connect(url(), hear);
        record.noteGap();
        provenAt = performance.now();
        for (const tell of listeners) tell('conversations');
        await proveUntilBroken(connection);
      } catch (error) {
        if (!stopping.signal.aborted) onError(error as Error);
      } finally {
        provenAt = Number.NEGATIVE_INFINITY;
        connection?.destroy();
        connection = undefined;
      }
      await pause(times.beforeNextTry, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  async function proveUntilBroken({ broken, ask }: Connection): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = pause(times.betweenProofs, undefined, { signal: stopping.signal }).catch(() => {});
      await Promise.race([next, broken]);
      if (stopping.signal.aborted) return;
      const asked = performance.now();
      await ask();
      provenAt = asked;
    }
  }

  function hear(subject: Subject): void {
    record.note(subject);
    if (subject !== 'site') record.note('conversations');
    for (const tell of listeners) tell(subject);
  }

  function isHeard(): boolean {
    return performance.now() - provenAt < times.trusted;
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
        return Promise.race([present.ask(), pause(times.catchingUp)]);
      });
      await askedLater.catch(() => {});
    },
    onChange(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    async stop() {
      stopping.abort();
      connection?.destroy();
      await running;
    },
  };
}

interface Connection {
  /** Rejected when the connection ends. */
  readonly broken: Promise<never>;
  /** Fulfilled when everything that was committed before has been heard. @throws where no answer comes in time. */
  ask(): Promise<void>;
  destroy(): void;
}

async function connect(url: string, hear: (subject: Subject) => void): Promise<Connection> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: times.answer, keepAlive: true });
  const broken = new Promise<never>((_, reject) => {
    client.once('error', reject);
    client.once('end', () => reject(new Error('the connection that listens for changes ended')));
  });
  broken.catch(() => {});
  client.on('error', () => {});
  client.on('notification', ({ payload }) => hear(payload as Subject));
  const answered = async (question: string) => {
    const waiting = new AbortController();
    const late = pause(times.answer, undefined, { signal: waiting.signal }).then(() => {
      throw new Error('the database does not answer who listens for changes');
    });
    late.catch(() => {});
    try {
      await Promise.race([client.query(question), broken, late]);
    } finally {
      waiting.abort();
    }
  };
  const destroy = () => {
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  };
  try {
    await client.connect();
    await answered('listen change');
  } catch (error) {
    destroy();
    throw error;
  }
  let last = Promise.resolve();
  const ask = () => {
    last = last.then(() => answered('select 1'));
    return last;
  };
  return { broken, ask, destroy };
}
