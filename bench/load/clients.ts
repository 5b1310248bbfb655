import type { MeasuredProcess } from '../processes/measured-process.ts';
import { openConnection } from './connection.ts';

/** What clients do, each one request after the other. */
export interface Load {
  readonly clients: number;
  /** The next request, encoded, for a client. */
  readonly next: (client: number) => Buffer;
  /** The status that counts as an answer. */
  readonly expect: number;
}

/** What a load found: times in milliseconds, CPU of the server process in microseconds per request. */
export interface LoadResult {
  readonly perSecond: number;
  readonly times: readonly number[];
  readonly cpu: number;
}

/**
 * Lets clients ask for so many seconds.
 *
 * @throws where an answer has another status than the one expected: then nothing was measured.
 */
export async function runLoad(server: MeasuredProcess, load: Load, seconds: number): Promise<LoadResult> {
  const connections = await Promise.all(Array.from({ length: load.clients }, () => openConnection(server.port)));
  const times: number[] = [];
  const before = await server.usage();
  const began = performance.now();
  const end = began + seconds * 1_000;
  try {
    await Promise.all(
      connections.map(async (connection, client) => {
        for (let start = performance.now(); start < end; start = performance.now()) {
          const { status } = await connection.ask(load.next(client));
          if (status !== load.expect) throw new Error(`An answer had the status ${status}, not ${load.expect}.`);
          times.push(performance.now() - start);
        }
      }),
    );
    const elapsed = (performance.now() - began) / 1_000;
    const { cpu } = await server.usage();
    return { perSecond: times.length / elapsed, times, cpu: (cpu - before.cpu) / times.length };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/**
 * Measures two servers by turns, in short rounds, so that what else the machine does meets both alike. A first round of
 * each does not count.
 *
 * @returns what was found, round by round.
 */
export async function runByTurns(
  one: () => Promise<LoadResult>,
  other: () => Promise<LoadResult>,
  rounds: number,
): Promise<[LoadResult, LoadResult][]> {
  await one();
  await other();
  const found: [LoadResult, LoadResult][] = [];
  for (let round = 0; round < rounds; round += 1) found.push([await one(), await other()]);
  return found;
}
