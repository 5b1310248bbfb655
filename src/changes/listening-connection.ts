import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { readNotification, type Told } from './changes.ts';

/** A connection on which Postgres tells of changes. */
export interface ListeningConnection {
  isOpen(): boolean;
  /** Fulfilled when everything that was committed before has been heard. @throws where the connection is no good any more. */
  ask(): Promise<void>;
  destroy(): void;
}

/** Who does not answer for so long, in milliseconds, is not there. */
const patience = 1_500;

/**
 * Opens a connection and makes sure that it hears: a pooler that lends one connection to many answers every question, and
 * hears nothing.
 *
 * @param parts `hear` is told each change, `onBreak` that the connection is no good any more; `cancel` ends it.
 * @throws where no connection comes about, or one that hears nothing.
 */
export async function openListeningConnection(
  url: string,
  { hear, onBreak, cancel }: { hear: (told: Told) => void; onBreak: () => void; cancel: AbortSignal },
): Promise<ListeningConnection> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patience, keepAlive: true });
  const waiting = new Set<(error: Error) => void>();
  let problem: Error | undefined;
  const fail = (error: Error) => {
    problem ??= error;
    for (const reject of waiting) reject(problem);
    waiting.clear();
    onBreak();
  };
  const destroy = () => {
    cancel.removeEventListener('abort', destroy);
    fail(new Error('the connection that listens for changes was given up'));
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  };
  client.on('error', fail);
  client.on('end', () => fail(new Error('the connection that listens for changes ended')));
  cancel.addEventListener('abort', destroy, { once: true });

  // A promise that each question races against would remember every one of them.
  function inTime(work: () => Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (problem) return reject(problem);
      const timer = setTimeout(() => fail(new Error('the database does not answer who listens for changes')), patience);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        waiting.delete(reject);
        act();
      };
      waiting.add(reject);
      work().then(
        () => settle(resolve),
        (error) => settle(() => reject(error)),
      );
    });
  }

  let last = Promise.resolve();
  const answered = (question: string) => {
    last = last.then(() => inTime(() => client.query(question)));
    return last;
  };

  const token = randomUUID();
  const heardItself = new Promise<void>((resolve) => {
    client.on('notification', ({ payload }) => {
      if (payload === token) return resolve();
      const told = readNotification(payload);
      if (told) hear(told);
    });
  });
  try {
    await inTime(() => client.connect());
    await answered('listen change');
    await answered(`select pg_notify('change', '${token}')`);
    await inTime(() => heardItself);
  } catch (error) {
    destroy();
    throw error;
  }
  return { isOpen: () => problem === undefined, ask: () => answered('select 1'), destroy };
}
