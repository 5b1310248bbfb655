import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';

/** A Postgres that nobody else uses. */
export interface BenchPostgres {
  readonly url: string;
  /** Folder of its data, where servers put theirs too. It is removed in the end. */
  readonly dataDir: string;
  /** CPU that its processes for connections and its helpers have used so far, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

const microsecondsPerTick = 10_000;

/**
 * Starts a Postgres with the durability of a real site.
 *
 * @throws where it would not write commits to the disk before it acknowledges them.
 */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rejoinder bench '));
  // Started by root, Postgres runs as another user, who has to come here.
  await chmod(dataDir, 0o755);
  const embedded = await startEmbeddedPostgres({ dataDir });
  const postmaster = await findPostmaster(embedded.url);
  return {
    url: embedded.url,
    dataDir,
    cpu: () => cpuOfChildren(postmaster),
    async stop() {
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function findPostmaster(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number; durable: boolean }>(
      `select pg_backend_pid() as pid,
        current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' as durable`,
    );
    if (!rows[0]?.durable) throw new Error('This Postgres acknowledges what is not on the disk yet.');
    return (await readStat(rows[0].pid))?.parent ?? 0;
  } finally {
    await client.end();
  }
}

// Who lives is asked; what the dead have used their parent keeps.
async function cpuOfChildren(postmaster: number): Promise<number> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(processes.map(readStat));
  const living = stats.filter((stat) => stat?.parent === postmaster).reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
  return (living + ((await readStat(postmaster))?.children ?? 0)) * microsecondsPerTick;
}

/** What Linux says of a process (proc_pid_stat(5)): CPU in ticks of a hundredth of a second. */
async function readStat(pid: number): Promise<{ parent: number; own: number; children: number } | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name of the program, in brackets, may hold anything.
  const fields = line
    ?.slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (!fields) return undefined;
  const [, parent = 0] = fields;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return { parent, own: user + system, children: childrenUser + childrenSystem };
}
