import { once } from 'node:events';
import { closeSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { ensureDatabase } from './database.ts';
import { EmbeddedPostgresError } from './error.ts';
import { confirmStart, isKept, joinHold, leaveHold } from './hold.ts';
import { findPlace, type Place } from './place.ts';
import { isRunning, isTaken, type Postmaster, readPostmaster } from './postmaster.ts';
import { removeSocketFolder, startWatched, type Watched } from './watchdog.ts';

/** A share in the Postgres of a data folder. */
export interface EmbeddedPostgres {
  /** `postgres://…` of the database `rejoinder`, as `pg` reads it. */
  readonly url: string;
  /** Absolute folder of the data. */
  readonly folder: string;
  /** True where `folder` is outside the folder that was asked for, because Postgres' account cannot enter that one. */
  readonly elsewhere: boolean;
  /** Gives the share back. Where it was the last one, Postgres has ended when this is fulfilled. */
  stop(): Promise<void>;
}

/** How long a Postgres that can neither be shared nor replaced yet is waited for, in milliseconds: it may be ending. */
const patience = 20_000;

/**
 * Gives a share in the Postgres whose data lie under a folder. The first to ask makes the data and starts Postgres, which
 * runs until the last one that has a share stops or dies, whichever that is.
 *
 * @param options `dataDir`: the folder of everything that is kept on disk; `sync`: false only for data that may be lost
 * with the machine's power, such as a test's.
 * @throws EmbeddedPostgresError where no Postgres can be had.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly sync?: boolean;
}): Promise<EmbeddedPostgres> {
  const place = await findPlace(options.dataDir);
  const share = await takeShare(place, options.sync ?? true);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= giveBack(share);
    return stopped;
  };
  try {
    const url = await ensureDatabase(share.hold.socketFolder);
    return { url, folder: place.folder, elsewhere: place.elsewhere, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A share in a Postgres; with its watchdog where it was started here. */
type Share = Pick<Watched, 'hold'> & Partial<Pick<Watched, 'watchdog'>>;

async function takeShare(place: Place, sync: boolean): Promise<Share> {
  const deadline = performance.now() + patience;
  for (;;) {
    const postmaster = await readPostmaster(place.folder);
    const share = await takeShareOnce(place, sync, postmaster);
    if (share) return share;
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Another Postgres${postmaster ? ` (process ${postmaster.pid})` : ''} keeps ${place.folder} and cannot be reached from here: stop it, or set DATA_DIR to another folder.`,
      );
    }
    await setTimeout(50);
  }
}

async function takeShareOnce(
  place: Place,
  sync: boolean,
  postmaster: Postmaster | undefined,
): Promise<Share | undefined> {
  if (!postmaster) return launch(place, sync, undefined);
  if (await isRunning(postmaster)) return join(place, postmaster);
  // It broke, and is being started again by its watchdog.
  if (postmaster.socketFolder && (await isKept(postmaster.socketFolder))) return undefined;
  return launch(place, sync, postmaster);
}

/** Takes a share in the Postgres that runs, if it is to go on running. */
async function join(place: Place, postmaster: Postmaster): Promise<Share | undefined> {
  const hold = postmaster.socketFolder ? await joinHold(postmaster.socketFolder) : 'gone';
  // It is ending; or its watchdog was killed, and nothing would ever stop it.
  if (hold === 'unwatched') {
    process.kill(postmaster.pid, 'SIGINT');
    await removeSocketFolder(postmaster.socketFolder);
  }
  if (typeof hold === 'string') return undefined;
  for (;;) {
    const now = await readPostmaster(place.folder);
    if (now?.pid !== postmaster.pid || !(await isRunning(now))) {
      leaveHold(hold);
      return undefined;
    }
    if (now.ready) return { hold };
    await setTimeout(5);
  }
}

/** Starts Postgres, unless another process does so in the same moment. */
async function launch(place: Place, sync: boolean, previous: Postmaster | undefined): Promise<Share | undefined> {
  const binaries = await findBinaries(place);
  await ensureCluster(binaries, place, sync);
  if (previous) await removeSocketFolder(previous.socketFolder);
  const stranger = previous && isTaken(previous.pid) ? previous.pid : undefined;
  const { hold, watchdog, lastWords } = await startWatched(binaries, place, { sync, stranger });
  let words: string | undefined;
  lastWords.then((last) => {
    words = last;
  });
  while (words === undefined) {
    const now = await readPostmaster(place.folder);
    if (now?.ready && now.socketFolder === hold.socketFolder) {
      confirmStart(hold);
      return { hold, watchdog };
    }
    await setTimeout(5);
  }
  closeSync(hold.pipe);
  if (/lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(words)) return undefined;
  const reason = /(?:FATAL|PANIC): +(.*)/.exec(words)?.[1] ?? words.trim();
  throw new EmbeddedPostgresError(`The embedded Postgres could not be started on ${place.folder}: ${reason}.`);
}

async function giveBack({ hold, watchdog }: Share): Promise<void> {
  const last = leaveHold(hold);
  if (!last) return;
  if (watchdog) {
    watchdog.ref();
    if (watchdog.exitCode === null && watchdog.signalCode === null) await once(watchdog, 'exit');
  }
  const deadline = performance.now() + patience;
  while (existsSync(hold.socketFolder) && performance.now() < deadline) await setTimeout(5);
}
