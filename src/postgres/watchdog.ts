import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Account, canReach } from './account.ts';
import { type Binaries, cleanEnvironment } from './binaries.ts';
import { type Hold, makePipe, startedName } from './hold.ts';
import type { Place } from './place.ts';

/** A Postgres that was started by this process, with the first share in it. */
export interface Watched {
  readonly hold: Hold;
  /** The shell that ends when Postgres has. It does not keep this process alive. */
  readonly watchdog: ChildProcess;
  /** Fulfilled when both have ended, with what Postgres said last. */
  readonly lastWords: Promise<string>;
}

/**
 * The watchdog's whole life. It starts Postgres, and stops it when its own input ends, which the system brings about when
 * the last process that has a share is gone. What it reads are names of files to make, as a sign of life.
 * A Postgres that had started well once, and ends though it is shared, is started again in the same place, after a pause that
 * doubles from 0.1 to 0.8 seconds, and begins anew after a life of ten seconds.
 * It ignores the signals that a terminal or a supervisor sends to everything at once: the application decides.
 */
export const watchdogScript = `
folder=$1
shift
trap '' HUP INT TERM PIPE
exec 3<&0 </dev/null
(
  while read -r name; do true >"$folder/$name"; done <&3
  true >"$folder/ending"
  # More than once: a Postgres that is just being started may not listen yet.
  while true; do
    kill -INT "$(cat "$folder/server")"
    sleep 0.2
    kill -0 $$ || exit
  done
) 2>/dev/null &
reader=$!
exec 3<&-
pause=1
while true; do
  began=$(date +%s)
  "$@" &
  server=$!
  echo "$server" >"$folder/server"
  wait "$server"
  [ -e "$folder/${startedName}" ] && [ ! -e "$folder/ending" ] || break
  [ "$(($(date +%s) - began))" -lt 10 ] || pause=1
  sleep "0.$pause"
  [ "$pause" = 8 ] || pause=$((pause * 2))
  [ ! -e "$folder/ending" ] || break
done
kill -KILL "$reader" 2>/dev/null
rm -rf "$folder"
`;

/**
 * Starts Postgres on a cluster. It takes a while to accept connections, and may end instead.
 *
 * @param start `sync`: whether what is committed survives a power failure; `stranger`: the number of a process that
 * stands in the cluster's lock file, but is known not to be Postgres.
 */
export async function startWatched(
  binaries: Binaries,
  place: Place,
  start: { readonly sync: boolean; readonly stranger: number | undefined },
): Promise<Watched> {
  const socketFolder = await makeSocketFolder(place.account);
  const { reader, hold } = await makePipe(socketFolder, place.account);
  const command = [binaries.postgres, '-D', place.folder, '-k', socketFolder, ...settings(start.sync)];
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'rejoinder-postgres', socketFolder, ...command], {
    ...place.account,
    cwd: '/',
    // Postgres' own means for numbers that were given out anew: it takes this one for no other Postgres.
    env: { ...cleanEnvironment, ...(start.stranger ? { PG_GRANDPARENT_PID: String(start.stranger) } : {}) },
    detached: true,
    stdio: [reader, 'ignore', 'pipe'],
  });
  closeSync(reader);
  return { hold, watchdog, lastWords: listen(watchdog) };
}

/** Removes what a Postgres left behind that was killed together with its watchdog. Touches nothing but such folders. */
export async function removeSocketFolder(folder: string): Promise<void> {
  const ours = [tmpdir(), '/tmp'].includes(dirname(folder)) && /^rejoinder-\w{6}$/.test(basename(folder));
  if (ours) await rm(folder, { recursive: true, force: true });
}

/** A folder of the account's own, at a path short enough for a socket. */
async function makeSocketFolder(account: Account | undefined): Promise<string> {
  const longest = 103 - '/rejoinder-XXXXXX/.s.PGSQL.5432'.length;
  const usable = Buffer.byteLength(tmpdir()) <= longest && (!account || (await canReach(account, tmpdir(), 'write')));
  const folder = await mkdtemp(join(usable ? tmpdir() : '/tmp', 'rejoinder-'));
  if (account) await chown(folder, account.uid, account.gid);
  return folder;
}

function settings(sync: boolean): string[] {
  const chosen = [
    'listen_addresses=',
    // Enough for 32 processes with all their connections.
    'max_connections=600',
    // What Postgres writes down on its own would hold statements, and with them names and addresses.
    'log_min_messages=fatal',
    'log_min_error_statement=panic',
    ...(sync ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  return chosen.flatMap((setting) => ['-c', setting]);
}

function listen(watchdog: ChildProcess): Promise<string> {
  let words = '';
  const errors = watchdog.stderr as Socket;
  errors.on('data', (chunk) => {
    words = (words + chunk).slice(-4_000);
  });
  watchdog.unref();
  errors.unref();
  return new Promise((resolve) => {
    watchdog.once('close', () => resolve(words));
    watchdog.once('error', (error) => resolve(`FATAL: ${error.message}`));
  });
}
