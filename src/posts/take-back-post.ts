import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { permissions } from '../accounts/permissions.ts';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, findEvent, lastEvents, listForUndo, type ToldEvent } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { lockSlugs } from './addresses.ts';
import { type DeskPost, lockDeskPost } from './desk-queries.ts';
import { findObstacles, isInTheWay, type Obstacles, textOf } from './earlier-text.ts';
import { canBeTakenBack, mayTakeBack } from './may-take-back.ts';
import { type PostTimes, setTimes, timesBefore } from './moves.ts';
import { stateOf } from './publication.ts';
import { findRevision } from './revision-queries.ts';
import type { PostRevision } from './table.ts';
import { writeText } from './write-text.ts';

/** What became of something that was to be taken back from a post. */
export type PostTakenBack =
  /** Now, or before, by the same person. */
  | { readonly kind: 'undone'; readonly eventId: number }
  /** There is no such thing, or it is beyond this person's reach. */
  | { readonly kind: 'unknown' }
  | PostMovedOn;

/** Nothing was done to the post, since the world has moved on. */
export interface PostMovedOn {
  readonly kind: 'post_moved_on';
  readonly postId: number;
  /** Something was done since, the time of publication has come or passed, or something of the text cannot come back. */
  readonly why: 'since' | 'time' | 'parts';
  /** What was done last; undefined where that is not the reason. */
  readonly last: ToldEvent | undefined;
  /** The event that stands on top, where this person can take it back first. */
  readonly topId: number | undefined;
  /** What cannot come back, where all else still can. */
  readonly obstacles: Obstacles | undefined;
}

interface TakingBack {
  /** Events about one post that were done together, the oldest first; at least one, each of a kind that can be undone. */
  readonly done: readonly DoneEvent[];
  /** Leave out what cannot come back. */
  readonly partly: boolean;
  readonly viewer: { readonly id: number; readonly role: Role };
  readonly now: Date;
}

/**
 * Takes back what was done to a post in one go: its text with address, tags and authors, and its state, are as they were found.
 * What is done is told by new events, and raises the version: a form that is open meets a conflict.
 */
export async function takeBackPost(
  trx: Transaction<Database>,
  { done, partly, viewer, now }: TakingBack,
): Promise<PostTakenBack> {
  const [{ subject_id: postId }] = done as [DoneEvent];
  const post = await lockDeskPost(trx, { id: postId, writerId: undefined });
  const isOwn = post?.authors.some(({ id }) => id === viewer.id) ?? false;
  const mayTake = ({ numbers }: Pick<DoneEvent, 'numbers'>) => mayTakeBack({ role: viewer.role, isOwn, numbers });
  const allowed = done.filter(mayTake);
  const [first] = allowed;
  if (!post || !first) return { kind: 'unknown' };
  await lockSlugs(trx);
  const subjects = { subjectKind: 'post', subjectIds: [postId] } as const;
  const last = (await lastEvents(trx, subjects)).get(postId);
  if (last?.undoes === first.id && last.actor_id === viewer.id) return { kind: 'undone', eventId: last.id };
  const { undoable } = standingOf((await listForUndo(trx, subjects)).get(postId) ?? []);
  const newestFirst = allowed.toReversed();
  // What was done together stands on one another, and nothing stands between: where the last can be undone, all can.
  const isLast = undoable.has(newestFirst[0]?.id ?? 0);
  const refused = { kind: 'post_moved_on', postId, last: undefined, topId: undefined, obstacles: undefined } as const;
  const plan = isLast ? await planSteps(trx, { post, events: newestFirst, now }) : undefined;
  if (!plan || plan.kind === 'version_is_gone') {
    const top = await findEvent(trx, Math.max(0, ...undoable));
    const offered = top && top.id !== newestFirst[0]?.id && canBeTakenBack(top) && mayTake(top);
    return { ...refused, why: 'since', last, topId: offered ? top.id : undefined };
  }
  if (plan.kind === 'time_is_over') return { ...refused, why: 'time' };
  const { steps } = plan;
  const blocked = steps.find(({ obstacles }) => obstacles && isInTheWay(obstacles));
  if (blocked?.obstacles && !partly) return { ...refused, why: 'parts', obstacles: blocked.obstacles };
  const batch = steps.length > 1 ? randomUUID() : undefined;
  const keepAuthors = permissions[viewer.role].write !== 'all';
  const taking = { post, steps, keepAuthors, batch, actorId: viewer.id, now };
  return { kind: 'undone', eventId: await takeSteps(trx, taking) };
}

/** One event that is taken back: what the text or the state was before. */
type Step =
  | {
      readonly event: DoneEvent;
      readonly revision: PostRevision;
      readonly obstacles: Obstacles;
      readonly times?: never;
    }
  | { readonly event: DoneEvent; readonly times: PostTimes; readonly revision?: never; readonly obstacles?: never };

/** How events are taken back, in that order, or why they are not: an earlier version is not there any more, or the clock has moved on. */
type Plan =
  | { readonly kind: 'ready'; readonly steps: readonly Step[] }
  | { readonly kind: 'version_is_gone' }
  | { readonly kind: 'time_is_over' };

async function planSteps(
  trx: Transaction<Database>,
  { post, events, now }: { post: DeskPost; events: readonly DoneEvent[]; now: Date },
): Promise<Plan> {
  const steps: Step[] = [];
  let times: PostTimes = post;
  for (const event of events) {
    if (event.numbers.earlier_version !== undefined) {
      const revision = await findRevision(trx, { postId: post.id, eventId: event.id });
      if (!revision) return { kind: 'version_is_gone' };
      steps.push({ event, revision, obstacles: await findObstacles(trx, { post, revision }) });
    } else {
      const before =
        event.action === 'create' ? { published_at: times.published_at, deleted_at: now } : timesBefore(event);
      if (!isOfItsTime(event, { times, before, now })) return { kind: 'time_is_over' };
      steps.push({ event, times: before });
      times = before;
    }
  }
  return { kind: 'ready', steps };
}

// The clock, too, moves posts: what was scheduled may be out by now, or would come out at once.
function isOfItsTime(
  { action, from_status, to_status }: DoneEvent,
  { times, before, now }: { times: PostTimes; before: PostTimes; now: Date },
): boolean {
  if (action === 'create') return true;
  return stateOf(times, now) === to_status && stateOf(before, now) === from_status;
}

async function takeSteps(
  trx: Transaction<Database>,
  {
    post,
    steps,
    keepAuthors,
    ...act
  }: {
    post: DeskPost;
    steps: readonly Step[];
    keepAuthors: boolean;
    batch: string | undefined;
    actorId: number;
    now: Date;
  },
): Promise<number> {
  let present = post;
  let eventId = 0;
  for (const { event, revision, obstacles, times } of steps) {
    const undoing = { action: 'undo', undoes: event.id, ...act } as const;
    if (times) {
      eventId = await setTimes(trx, { post: present, times, ...undoing });
      present = { ...present, ...times };
    } else {
      const text = textOf(revision, { post: present, obstacles, keepAuthors });
      eventId = await writeText(trx, { post: present, text, ...undoing });
    }
  }
  return eventId;
}
