import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { cleanEnvironment, findBinaries } from '../../src/postgres/binaries.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { findPlace } from '../../src/postgres/place.ts';

/** A Postgres that nobody watches over: a test stops it and starts it again, as an operator does. */
export interface OwnPostgres {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as a signal does, and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal to every one of its processes. */
  signalAll(signal: NodeJS.Signals): Promise<void>;
  remove(): Promise<void>;
}

/** Makes one, which runs. Its address stays the same. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'own-'));
  await chmod(dataDir, 0o755);
  await (await startEmbeddedPostgres({ dataDir, sync: false })).stop();
  const place = await findPlace(dataDir);
  const binaries = await findBinaries(place);
  const sockets = await mkdtemp(join(tmpdir(), 'own-'));
  if (place.account) await chown(sockets, place.account.uid, place.account.gid);
  const url = `postgres://postgres@localhost:5432/rejoinder?host=${encodeURIComponent(sockets)}&sslmode=disable`;
  let child: ChildProcess | undefined;
  const own: OwnPostgres = {
    url,
    async start() {
      const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=200'];
      child = spawn(binaries.postgres, ['-D', place.folder, '-k', sockets, ...settings], {
        ...place.account,
        cwd: '/',
        env: cleanEnvironment,
        stdio: 'ignore',
      });
      while (!(await isReady(url))) {
        if (child.exitCode !== null) throw new Error(`Postgres ended with ${child.exitCode}.`);
        await setTimeout(10);
      }
    },
    async stop(signal) {
      if (!child) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      child = undefined;
    },
    async signalAll(signal) {
      const children = await readFile(`/proc/${child?.pid}/task/${child?.pid}/children`, 'utf8');
      for (const pid of [child?.pid ?? 0, ...children.trim().split(' ').map(Number)]) process.kill(pid, signal);
    },
    async remove() {
      await own.stop('SIGKILL');
      for (const folder of [place.folder, dataDir, sockets]) await rm(folder, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}

async function isReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  return client.connect().then(
    () => client.end().then(() => true),
    () => client.end().then(() => false),
  );
}
