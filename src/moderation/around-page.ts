import type { Request, Response } from 'express';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { firstWritten, listAbove, listBeside, mostAbove, type Neighbour } from './around-queries.ts';
import { type Likeness, likenesses, queueHref, unfiltered } from './filter.ts';
import { countMatching, loadSubject, type Subject } from './matching.ts';
import { moderatorOf } from './moderator.ts';
import { findPlace, type QueueOwner } from './queries.ts';
import { loadQueueItems } from './queue-items.ts';
import type { QueueItem } from './queue-view.ts';
import { loadSavedChoices, type SavedChoices } from './saved-choice.ts';

interface AroundPage {
  readonly item: QueueItem;
  readonly saved: SavedChoices;
  /** What it answers, from the top down, the next above it last. */
  readonly above: readonly NeighbourItem[];
  readonly moreAbove: boolean;
  /** The nearest other answers to the same. */
  readonly beside: readonly NeighbourItem[];
  /** Since when its browser has written. */
  readonly since: Date | undefined;
  /** What waits and is like it, each a way to the list of it. */
  readonly alike: readonly { readonly words: Message; readonly href: string }[];
  /** This page, to come back to after a decision. */
  readonly here: string;
  readonly queueHref: string;
  /** Without the mark for a decision on several. */
  readonly alone: true;
}

interface NeighbourItem {
  readonly id: number;
  readonly status: CommentStatus;
  readonly name: string;
  readonly html: TrustedHtml;
  readonly createdAt: Date;
}

const aroundView = defineView<AroundPage>('moderation/around');

/** More that are alike are not counted. */
const mostAlike = 100;

/** `GET /moderation/comments/:id`: a comment with what helps to decide on it, for who may. */
export async function showAround({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const { t } = frameOf(response);
  const owner = moderatorOf(response);
  const id = found(readId(request.params.id));
  const known = await Promise.all([loadSubject(db, { id, owner }), findPlace(db, id)]);
  const [subject, place] = [found(known[0]), found(known[1])];
  const [items, saved, above, beside, since, alike] = await Promise.all([
    loadQueueItems(db, response, { ids: [id], status: place.status }),
    loadSavedChoices(db),
    listAbove(db, id),
    listBeside(db, { id, ...place }),
    subject.browser_id === null ? undefined : firstWritten(db, subject.browser_id),
    Promise.all(likenesses.map((kind) => findAlike(db, { kind, subject, owner, waits: place.status === 'pending' }))),
  ]);
  sendPage(response, aroundView, {
    title: t('around.title'),
    hiddenFromSearch: true,
    item: found(items[0]),
    saved,
    above: above.slice(-mostAbove).map(presentNeighbour),
    moreAbove: above.length > mostAbove,
    beside: beside.map(presentNeighbour),
    since,
    alike: alike.flatMap((each) => each ?? []),
    here: `/moderation/comments/${id}`,
    queueHref: queueHref(unfiltered(place.status)),
    alone: true,
  });
}

// @param waits whether the comment itself is among those that wait: it is not counted.
async function findAlike(
  db: AppContext['db'],
  { kind, subject, owner, waits }: { kind: Likeness; subject: Subject; owner: QueueOwner; waits: boolean },
): Promise<AroundPage['alike'][number] | undefined> {
  const filter = { ...unfiltered('pending'), like: { kind, commentId: subject.id } };
  const self = waits ? 1 : 0;
  const counted = await countMatching(db, { owner, filter, subject, at: new Date(0), most: mostAlike + self + 1 });
  const count = counted - (counted > 0 ? self : 0);
  if (count === 0) return undefined;
  const many = `around.many${kind[0]?.toUpperCase()}${kind.slice(1)}` as MessageKey;
  const words: Message =
    count > mostAlike ? { key: many, values: { count: mostAlike } } : { key: `around.${kind}`, values: { count } };
  return { words, href: queueHref(filter) };
}

function presentNeighbour({ id, status, name, html, created_at }: Neighbour): NeighbourItem {
  return { id, status, name, html: trustStored(html), createdAt: created_at };
}
