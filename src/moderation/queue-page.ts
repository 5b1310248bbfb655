import type { Request, Response } from 'express';
import { reachesPost, viewerReach } from '../accounts/viewer.ts';
import { type ClosingTools, closingTools, siteClosingTools } from '../comments/closing-tools.ts';
import { findClosure } from '../comments/closures.ts';
import { readConversationState } from '../comments/conversation-state.ts';
import type { CommentStatus, ModeratorAction } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findPostById, type PostForReading } from '../posts/queries.ts';
import { holdingRules } from '../rules/rule.ts';
import {
  filterFields,
  type QueueFilter,
  queueHref,
  queueStatuses,
  readFilter,
  unconfirmedSpam,
  unfiltered,
  wordFilters,
} from './filter.ts';
import { findHandedTo } from './hand-over.ts';
import {
  countMatching,
  type Found,
  findMatching,
  loadSubject,
  mostCounted,
  needsLooking,
  type Search,
} from './matching.ts';
import { moderatorOf, offeredActions } from './moderator.ts';
import { listWaitingPosts, queueRows, sumCounts } from './queries.ts';
import { loadQueueItems } from './queue-items.ts';
import { usualKeys } from './queue-keys.ts';
import type { QueueItem } from './queue-view.ts';
import { loadSavedChoices, type SavedChoices } from './saved-choice.ts';
import { listRunningSweeps } from './sweep-queries.ts';
import { presentProgress, type SweepProgress } from './sweep-view.ts';
import { countWaiting, type WaitingCounts } from './waiting-counts.ts';

interface QueuePage extends WaitingCounts {
  readonly tabs: readonly { readonly status: CommentStatus; readonly href: string; readonly current: boolean }[];
  readonly status: CommentStatus;
  /** Whether only what was handed to the reader is listed. */
  readonly mine: boolean;
  readonly saved: SavedChoices;
  readonly mayEditSaved: boolean;
  /** Whether one decides who is trusted and who is shut out. */
  readonly judgesPeople: boolean;
  readonly items: readonly QueueItem[];
  readonly post: { readonly title: string } | undefined;
  /** For closing and reopening its conversation, or without a post all of them. */
  readonly moderation: ClosingTools | undefined;
  /** The queue of all posts. */
  readonly allHref: string;
  /** What else is asked for, in words, each with the way to the list without it. */
  readonly filters: readonly { readonly words: Message; readonly withoutHref: string }[];
  /** The form that asks for something else. */
  readonly form: FilterForm;
  /** How much looks like spam, and the way there; undefined where nothing does, and on all but the first view. */
  readonly spam: { readonly words: Message; readonly href: string } | undefined;
  /** How many match, in a sentence; undefined where the tab says it. */
  readonly count: Message | undefined;
  /** What can be done with all that matches, and what is asked for, as the fields of the form that does it. */
  readonly actions: readonly ModeratorAction[];
  readonly fields: Readonly<Record<string, string>>;
  /** Decisions on all that match which are being carried out. */
  readonly running: readonly SweepProgress[];
  /** This page, to come back to after a decision. */
  readonly here: string;
  readonly nextHref: string | undefined;
  /** Where the search goes on, where it stopped before it had found a page. */
  readonly furtherHref: string | undefined;
  /** The key for each thing that one does here. */
  readonly keys: typeof usualKeys;
}

/** What the form of the filters offers, and what is chosen. */
interface FilterForm {
  readonly filter: QueueFilter;
  readonly rules: typeof holdingRules;
  readonly posts: readonly { readonly id: number; readonly title: string; readonly waiting: number }[];
}

const queueView = defineView<QueuePage>('moderation/queue');

/** `GET /moderation`: what the filters of its address ask for, a page of it. */
export async function showQueue(context: AppContext, request: Request, response: Response): Promise<void> {
  const { t } = frameOf(response);
  const { db, now } = context;
  const owner = moderatorOf(response);
  const mine = request.query.mine === '1';
  const filter = mine ? unfiltered('pending') : readFilter(request.query);
  const { status, postId, like } = filter;
  const after = readId(request.query.after);
  const subject = like && (await loadSubject(db, { id: like.commentId, owner }));
  const search = { owner, filter, subject, at: now(), after };
  const first = !mine && after === undefined && queueHref(filter) === queueHref(unfiltered('pending'));
  const [found, counts, saved, posts, running, post, spam] = await Promise.all([
    mine
      ? findHandedTo(db, { owner, after, wanted: queueRows + 1 })
      : findMatching(db, { ...search, wanted: queueRows + 1 }),
    countWaiting(db, owner),
    loadSavedChoices(db),
    listWaitingPosts(db, owner),
    listRunningSweeps(db, owner.viewer.id),
    postId === undefined ? undefined : findPostById(db, postId),
    first ? countSpam(db, { owner, at: now() }) : 0,
  ]);
  const page = found.ids.slice(0, queueRows);
  const [items, count, moderation] = await Promise.all([
    loadQueueItems(db, response, { ids: page, status }),
    mine ? undefined : wordCount(context, search, found),
    findClosingTools(context, response, { post, now: now() }),
  ]);
  const moderated = post && reachesPost(response, 'moderate', post) ? post : undefined;
  const last = found.ids.length > queueRows ? page.at(-1) : undefined;
  const further = last === undefined && needsLooking(search) && found.more ? found.last : undefined;
  const worded = wordFilters(filter, { title: moderated?.title, name: subject?.name });
  const offered = moderated && !posts.some(({ id }) => id === moderated.id) ? [{ ...moderated, waiting: 0 }] : [];
  sendPage(response, queueView, {
    title:
      filter.status === 'pending' ? t('queue.title') : t('queue.titleOf', { status: t(`status.${filter.status}`) }),
    hiddenFromSearch: true,
    tabs: queueStatuses.map((each) => ({
      status: each,
      href: queueHref({ ...filter, status: each }),
      current: each === status && !mine,
    })),
    status,
    ...counts,
    mine,
    saved,
    mayEditSaved: owner.reach === 'all',
    judgesPeople: viewerReach(response, 'judge_people') === 'all',
    // What was decided on while the page was put together is no part of this list any more.
    items: items.filter((item) => item.status === status),
    post: moderated && { title: moderated.title },
    moderation,
    allHref: queueHref({ ...filter, postId: undefined }),
    filters: worded
      .filter(({ without }) => without.postId === postId)
      .map(({ words, without }) => ({ words, withoutHref: queueHref(without) })),
    form: { filter, rules: holdingRules, posts: [...offered, ...posts] },
    spam: spam === 0 ? undefined : { words: wordSpam(spam), href: queueHref(unconfirmedSpam) },
    count,
    actions: offeredActions(response, status, filter.unconfirmed),
    fields: filterFields(filter),
    running: running.map((sweep) => presentProgress(sweep)),
    here: mine ? mineHref(after) : queueHref(filter, after),
    nextHref: last === undefined ? undefined : mine ? mineHref(last) : queueHref(filter, last),
    furtherHref: further === undefined ? undefined : queueHref(filter, further),
    keys: usualKeys,
  });
}

function countSpam(db: AppContext['db'], search: Pick<Search, 'owner' | 'at'>): Promise<number> {
  return countMatching(db, { ...search, filter: unconfirmedSpam, subject: undefined, most: mostCounted + 1 });
}

function wordSpam(count: number): Message {
  if (count > mostCounted) return { key: 'queue.manyLookLikeSpam', values: { count: mostCounted } };
  return { key: 'queue.looksLikeSpam', values: { count } };
}

async function wordCount(
  { db }: Pick<AppContext, 'db'>,
  { after, ...search }: Search,
  { matching, looked, more }: Found,
): Promise<Message | undefined> {
  const { filter, owner } = search;
  const { status, postId } = filter;
  if (needsLooking(search)) {
    if (more || after !== undefined) return { key: 'filter.countLooked', values: { count: matching, looked } };
    return { key: 'filter.count', values: { count: matching } };
  }
  if ((status === 'pending' || status === 'approved') && isOnlyOfPost(filter)) {
    if (status === 'pending' && postId === undefined) return undefined;
    return { key: 'filter.count', values: { count: await sumCounts(db, { owner, status, postId }) } };
  }
  const count = await countMatching(db, { ...search, most: mostCounted + 1 });
  if (count > mostCounted) return { key: 'filter.countMany', values: { count: mostCounted } };
  return { key: 'filter.count', values: { count } };
}

function isOnlyOfPost(filter: QueueFilter): boolean {
  return queueHref(filter) === queueHref({ ...unfiltered(filter.status), postId: filter.postId });
}

async function findClosingTools(
  context: Pick<AppContext, 'db' | 'rows'>,
  response: Response,
  { post, now }: { post: PostForReading | undefined; now: Date },
): Promise<ClosingTools | undefined> {
  if (!post) return viewerReach(response, 'close') === 'all' ? siteTools(context, now) : undefined;
  if (!reachesPost(response, 'close', post)) return undefined;
  return closingTools(post, { ...(await readConversationState(context, response, { post, now })), now });
}

async function siteTools({ db }: Pick<AppContext, 'db'>, now: Date): Promise<ClosingTools> {
  const closure = await findClosure(db, { scope: 'site' });
  return siteClosingTools({ closure, now });
}

// What was handed to the reader, from a comment on.
function mineHref(after: number | undefined): string {
  return `/moderation?mine=1${after === undefined ? '' : `&after=${after}`}`;
}
