import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The way from a site to its database, which a test can cut. */
export interface DatabaseLine {
  /** For who connects through the line. */
  readonly url: string;
  /** Ends all connections; new ones are refused until `mend`. */
  cut(): void;
  /** Lets nothing through, in either direction, and ends nothing: what a network does that swallows packets. */
  hold(): void;
  /** Lets no answer through. What is asked goes on, and is handed over, as far as it is text. */
  holdAnswers(onAsked: (text: string) => void): void;
  /** Lets everything through again, what was held back first. */
  mend(): void;
  close(): Promise<void>;
}

/** Lays a line to the database at `url`, which names the folder of a socket. */
export async function layLine(url: string): Promise<DatabaseLine> {
  const target = new URL(url.replace('@/', '@socket/'));
  const folder = await mkdtemp(join(tmpdir(), 'line-'));
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'held' | 'cut' = 'open';
  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(join(String(target.searchParams.get('host')), '.s.PGSQL.5432'));
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [far, near]] as const) {
      one.on('error', () => {});
      one.on('data', (chunk) => other.write(chunk));
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    if (state === 'held') far.pause();
    else near.resume();
  });
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve));
  const through = new URL(target);
  through.searchParams.set('host', folder);
  const each = (act: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  return {
    url: through.href.replace('@socket/', '@/'),
    cut() {
      state = 'cut';
      each((socket) => socket.destroy());
    },
    hold() {
      state = 'held';
      each((socket) => socket.pause());
    },
    holdAnswers(onAsked) {
      for (const [near, far] of pairs) {
        far.pause();
        near.on('data', (chunk) => onAsked(chunk.toString('latin1')));
      }
    },
    mend() {
      state = 'open';
      each((socket) => socket.resume());
    },
    async close() {
      each((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
