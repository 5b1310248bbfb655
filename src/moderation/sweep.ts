import type { Kysely, Transaction } from 'kysely';
import { moderationReach, permissions } from '../accounts/permissions.ts';
import { findActiveAccount } from '../accounts/queries.ts';
import { subjectOf } from '../comments/closures.ts';
import type { CommentStatus, ModeratorAction } from '../comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { addJob } from '../jobs/queries.ts';
import type { KnownBy } from '../persons/standing.ts';
import { loadSite } from '../site/queries.ts';
import { listDecidedAbove } from './above.ts';
import { filterFields, type QueueFilter, readFilter } from './filter.ts';
import { countMatching, findMatching, loadSubject, type Search } from './matching.ts';
import { mayUndo } from './may-undo.ts';
import type { Moderator } from './moderator.ts';
import { findSwept, listToSweep } from './person-queries.ts';
import { sweepable } from './person-sweep.ts';
import { listWaiting, mayRejectAt } from './reject-waiting.ts';
import {
  beginSweep,
  countOfBatch,
  endSweep,
  findDecidedTogether,
  listOfBatch,
  lockRunning,
  newestEvent,
  stopBatch,
} from './sweep-queries.ts';
import type { Sweep } from './table.ts';
import { undoDecisions } from './undo-decisions.ts';

/** Comments that one transaction decides on: so long others wait for them. */
export const batchSize = 100;

/** What was done in one go and is more than this is taken back in parts. */
export const mostUndoneAtOnce = batchSize * 3;

/** After so many milliseconds another job goes on, since no job may take long (see jobs/queries.ts). */
const longestJob = 5_000;

/** What matched at the moment at which somebody was asked whether they meant it. */
export interface Asked {
  readonly askedAt: Date;
  /** The last event of all: whatever something happens to after it is passed over. */
  readonly throughEvent: number;
  readonly expected: number;
}

/** A decision about all that match. */
export interface SweepForm extends Asked {
  /** UUID of the form: what is sent twice is begun once. */
  readonly key: string;
  readonly filter: QueueFilter;
  readonly action: ModeratorAction;
  readonly reason: string;
  readonly note: string;
}

/** Counts exactly what matches now, in one view of the database together with the last event. */
export function askFor(db: Kysely<Database>, search: Omit<Search, 'after'>): Promise<Asked> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => ({
      askedAt: search.at,
      throughEvent: await newestEvent(trx),
      expected: await countMatching(trx, { ...search, most: undefined }),
    }));
}

/** Begins a sweep; a job carries it out. @returns its id, the same where the form was sent before. */
export function startSweep(
  db: Kysely<Database>,
  { form, moderator, now }: { form: SweepForm; moderator: Moderator; now: Date },
): Promise<number | undefined> {
  const { key, filter, action, reason, note, askedAt, throughEvent, expected } = form;
  const sweep = {
    batch: key,
    account_id: moderator.viewer.id,
    action,
    filter: JSON.stringify(filterFields(filter)),
    reason,
    note,
    asked_at: askedAt,
    through_event: throughEvent,
    expected,
    moved_at: now,
  };
  return db.transaction().execute((trx) => beginSweep(trx, sweep));
}

/**
 * Begins the undo of what was done in one go, where that is too much for one transaction. What is still being done of it is
 * stopped first, behind the part that is under way: nothing is added to what is taken back, however much that is.
 *
 * @param eventId any of those that were done together.
 * @returns undefined where it is not so much, or nothing that this moderator may undo.
 */
export function startUndoOfMany(
  db: Kysely<Database>,
  { eventId, moderator, now }: { eventId: number; moderator: Moderator; now: Date },
): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    const event = await findDecidedTogether(trx, eventId);
    if (!event || !mayUndo(event, moderator)) return undefined;
    await stopBatch(trx, { batch: event.batch, now });
    const count = await countOfBatch(trx, event.batch);
    if (count <= mostUndoneAtOnce) return undefined;
    return await beginSweep(trx, {
      batch: crypto.randomUUID(),
      account_id: moderator.viewer.id,
      action: 'undo',
      filter: null,
      undoes_batch: event.batch,
      asked_at: now,
      through_event: await newestEvent(trx),
      expected: count,
      moved_at: now,
    });
  });
}

/** Does a part of a sweep, as a job; another job goes on. What was interrupted goes on behind the last part that was committed. */
export async function carryOn(
  db: Kysely<Database>,
  { sweepId, now }: { sweepId: number; now: () => Date },
): Promise<void> {
  const until = performance.now() + longestJob;
  while (await sweepOnce(db, { sweepId, now: now() })) {
    if (performance.now() < until) continue;
    await db.transaction().execute((trx) => addJob(trx, 'sweep', { sweepId }));
    return;
  }
}

/** Does the next transaction of a sweep. @returns whether there may be more to do. */
export function sweepOnce(db: Kysely<Database>, { sweepId, now }: { sweepId: number; now: Date }): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const sweep = await lockRunning(trx, sweepId);
    if (!sweep) return false;
    const moderator = await moderatorNow(trx, sweep.account_id);
    // Who may not decide any more does not decide by what was asked for before either.
    if (!moderator) {
      await endSweep(trx, { id: sweepId, state: 'stopped', now });
      return false;
    }
    const part = { sweep, moderator, now };
    const { decided, position, more, personId = sweep.person_id } = await doSome(trx, part);
    await trx
      .updateTable('sweep')
      .set({ position, decided: sweep.decided + decided, person_id: personId, moved_at: now })
      .where('id', '=', sweepId)
      .execute();
    if (!more) await endSweep(trx, { id: sweepId, state: 'done', now });
    return more;
  });
}

async function moderatorNow(trx: Transaction<Database>, accountId: number): Promise<Moderator | undefined> {
  const [viewer, site] = [await findActiveAccount(trx, accountId), await loadSite(trx)];
  const reach = moderationReach(viewer?.role, { authorsModerate: site.authors_moderate });
  return viewer && reach !== 'none' ? { viewer, reach } : undefined;
}

interface Part {
  readonly sweep: Sweep;
  readonly moderator: Moderator;
  readonly now: Date;
}

interface PartDone {
  readonly decided: number;
  readonly position: number;
  readonly more: boolean;
  /** The comment that says now whose comments are swept up. */
  readonly personId?: number | undefined;
}

function doSome(trx: Transaction<Database>, part: Part): Promise<PartDone> {
  if (part.sweep.undoes_batch) return undoSome(trx, part);
  const { closure_id, person_id: personId, person_by: by, person_scope: scope } = part.sweep;
  if (personId !== null && by !== null && scope !== null) return sweepSomeUp(trx, { ...part, personId, by, scope });
  return closure_id === null ? decideSome(trx, part) : rejectSome(trx, part);
}

async function decideSome(trx: Transaction<Database>, { sweep, moderator, now }: Part): Promise<PartDone> {
  const filter = readFilter(sweep.filter);
  const subject = filter.like && (await loadSubject(trx, { id: filter.like.commentId, owner: moderator }));
  const found = await findMatching(trx, {
    owner: moderator,
    filter,
    subject,
    at: sweep.asked_at,
    after: sweep.position || undefined,
    wanted: batchSize,
  });
  const decided = await decideUntouched(trx, { sweep, moderator, now, ids: found.ids, statuses: [filter.status] });
  const full = found.ids.length === batchSize;
  const last = full ? found.ids.at(-1) : found.last;
  return { decided, position: last ?? sweep.position, more: full || found.more };
}

async function rejectSome(trx: Transaction<Database>, { sweep, moderator, now }: Part): Promise<PartDone> {
  const closure = await trx
    .selectFrom('closure')
    .select(['conversation_id', 'comment_id'])
    .where('id', '=', sweep.closure_id)
    .executeTakeFirstOrThrow();
  const subject = subjectOf(closure);
  const ids = (await mayRejectAt(trx, { subject, moderator }))
    ? await listWaiting(trx, { subject, after: sweep.position, most: batchSize })
    : [];
  const decided = await decideUntouched(trx, { sweep, moderator, now, ids, statuses: ['pending'] });
  return { decided, position: ids.at(-1) ?? sweep.position, more: ids.length === batchSize };
}

async function sweepSomeUp(
  trx: Transaction<Database>,
  { sweep, moderator, now, personId, by, scope }: Part & { personId: number; by: KnownBy; scope: 'pending' | 'all' },
): Promise<PartDone> {
  const statuses = sweepable[scope];
  const mayJudge = permissions[moderator.viewer.role].judge_people === 'all';
  const known = {
    address_hash: sweep.person_address_hash,
    browser_id: sweep.person_browser_id,
    network_hash: sweep.person_network_hash,
  };
  const person = mayJudge ? await findSwept(trx, { commentId: personId, person: known }) : undefined;
  const ids = person ? await listToSweep(trx, { person, by, statuses, after: sweep.position, most: batchSize }) : [];
  const decided = await decideUntouched(trx, { sweep, moderator, now, ids, statuses, otherwise: 'remove' });
  const more = ids.length === batchSize;
  return { decided, position: ids.at(-1) ?? sweep.position, more, personId: person?.commentId };
}

// Those to which nothing has happened since it was asked for.
async function decideUntouched(
  trx: Transaction<Database>,
  {
    sweep,
    moderator,
    now,
    ids,
    statuses,
    otherwise,
  }: Part & { ids: readonly number[]; statuses: readonly CommentStatus[]; otherwise?: ModeratorAction },
): Promise<number> {
  const locked = await lockWithAncestors(trx, ids);
  const events = await lastEvents(trx, { subjectKind: 'comment', subjectIds: [...locked.keys()] });
  const above = await listDecidedAbove(trx, { ids: [...locked.keys()], moderator });
  const untouched = [...locked.values()].filter(
    (comment) =>
      statuses.includes(comment.status) &&
      (events.get(comment.id)?.id ?? 0) <= sweep.through_event &&
      !above.has(comment.id),
  );
  const changed = await changeStatus(trx, untouched, {
    action: sweep.action,
    otherwise,
    actorId: moderator.viewer.id,
    batch: sweep.batch,
    reason: sweep.reason,
    note: sweep.note,
    now,
  });
  return changed.size;
}

async function undoSome(trx: Transaction<Database>, { sweep, moderator, now }: Part): Promise<PartDone> {
  const { batch, undoes_batch, position } = sweep;
  const some = await listOfBatch(trx, { batch: undoes_batch ?? '', after: position, most: batchSize });
  const done = some.filter((event) => event.subject_kind === 'comment' && mayUndo(event, moderator));
  const outcome = await undoDecisions(trx, { done, partly: true, moderator, batch, now });
  return {
    decided: outcome.kind === 'undone' ? outcome.count : 0,
    position: some.at(-1)?.id ?? position,
    more: some.length === batchSize,
  };
}
