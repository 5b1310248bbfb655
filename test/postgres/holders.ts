import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Account } from '../../src/postgres/account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { readPostmaster } from '../../src/postgres/postmaster.ts';

/** Another process that has a share in an embedded Postgres. */
export interface Holder extends Omit<EmbeddedPostgres, 'stop'> {
  readonly process: ChildProcess;
  /** Asks the process to give its share back. Fulfilled with its exit status when it has ended. */
  stop(): Promise<number | null>;
  /** Kills the process as the system does when memory runs out. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('holder.ts', import.meta.url));

/** As whom, and in which environment, a process runs where these are not the test's own. */
type Circumstances = Partial<Account> & { readonly env?: NodeJS.ProcessEnv };

/** Starts a process and waits until it has its share. */
export async function startHolder(dataDir: string, circumstances?: Circumstances): Promise<Holder> {
  const child = spawnHolder([dataDir], circumstances);
  const complaint = text(child.stderr);
  const first = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!Buffer.isBuffer(first[0])) throw new Error(await complaint);
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    return (await ended)[0];
  };
  return { ...JSON.parse(String(first[0])), process: child, kill, stop };
}

/** Runs a process that is expected to get no share, and gives what it complains of. */
export async function complaintOf(dataDir: string, options: { account?: Account; platform?: string }): Promise<string> {
  const child = spawnHolder([dataDir, ...(options.platform ? [options.platform] : [])], options.account);
  child.stdout.once('data', () => child.kill('SIGTERM'));
  return (await text(child.stderr)).trim();
}

/** Starts a process without waiting. Parameters: the folder, and a system to take this one for. */
export function spawnHolder(parameters: string[], circumstances: Circumstances = {}) {
  const options = { ...circumstances, cwd: '/', stdio: 'pipe' } as const;
  const child = spawn(process.execPath, [program, ...parameters], options);
  children.push(child);
  return child;
}

/** An empty folder that others may enter. See `cleanUp`. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'data-'));
  folders.push(folder);
  await chmod(folder, 0o755);
  return folder;
}

/** Ends the processes that a failed test left running, and removes the folders, of which each takes 40 MB. */
export async function cleanUp(): Promise<void> {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

const folders: string[] = [];
const children: ChildProcess[] = [];

/** A folder with data, but with no Postgres on them. They are made once and copied, which is faster. */
export async function makeFolderWithData(): Promise<string> {
  pattern ??= makePattern();
  const folder = await makeFolder();
  await promisify(execFile)('cp', ['-a', join(await pattern, 'postgres'), folder]);
  return folder;
}

let pattern: Promise<string> | undefined;

async function makePattern(): Promise<string> {
  const folder = await makeFolder();
  await (await startEmbeddedPostgres({ dataDir: folder, sync: false })).stop();
  return folder;
}

/** Runs a statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The number of the Postgres process of a data folder. */
export async function postmasterOf(folder: string): Promise<number> {
  const postmaster = await readPostmaster(folder);
  if (!postmaster) throw new Error(`No Postgres runs on ${folder}.`);
  return postmaster.pid;
}

/** Whether a process lives; one that has ended and was not yet buried by its parent does not. */
export async function lives(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && !/\) Z /.test(status);
}

/** Waits until something holds, and fails after five seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt++) {
    if (await condition()) return;
    await setTimeout(20);
  }
  throw new Error(`Did not come true within 5 s: ${condition}`);
}

/** Where the Postgres of an address has its socket. */
export function socketFolderOf(url: string): string {
  return new URL(url).searchParams.get('host') ?? '';
}

/** The numbers of the two shells that watch over a Postgres: its parent, and that one's other child. */
export async function watchdogOf(postmaster: number): Promise<number[]> {
  const status = await readFile(`/proc/${postmaster}/stat`, 'utf8');
  const parent = Number(status.slice(status.lastIndexOf(')')).split(' ')[2]);
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return [parent, ...children.trim().split(' ').map(Number)].filter((pid) => pid !== postmaster);
}
