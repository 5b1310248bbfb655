import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { knownBy, lastDecided, listStandings } from '../persons/person.ts';
import { type KnownBy, standingKinds } from '../persons/standing.ts';
import { excerptOf } from '../text/plain-text.ts';
import { trustStored } from '../text/trusted-html.ts';
import { personHref } from './person-addresses.ts';
import { endChoices, longest } from './person-form.ts';
import {
  countByStatus,
  countToSweep,
  listFrom,
  listWrittenBy,
  mostCounted,
  type StatusCounts,
  type Writer,
} from './person-queries.ts';
import { sweepable } from './person-sweep.ts';
import { presentStanding, type StandingView } from './standing-view.ts';

interface PersonPage {
  readonly name: string;
  readonly action: string;
  /** How the comments stand that came from each of what the person is known by, the surest first. */
  readonly records: readonly {
    readonly by: KnownBy;
    readonly counts: Required<StatusCounts>;
    readonly total: number;
  }[];
  readonly mostCounted: number;
  readonly current: readonly StandingView[];
  readonly earlier: readonly StandingView[];
  readonly comments: readonly {
    readonly id: number;
    readonly status: CommentStatus;
    readonly excerpt: string;
    readonly createdAt: Date;
    readonly postTitle: string;
    readonly queueHref: string;
  }[];
  readonly kinds: typeof standingKinds;
  readonly ends: typeof endChoices;
  readonly longestOfNetwork: number;
  /** The last event about the person, which a decision says that it has seen; 0: none. */
  readonly seen: number;
  /** What can be swept up, and how much that is. */
  readonly sweeps: readonly { readonly by: KnownBy; readonly scope: keyof typeof sweepable; readonly count: number }[];
  /** UUID of the form that sweeps up. */
  readonly key: string;
}

const personView = defineView<PersonPage>('moderation/person');

/** Comments of a person that the page lists. */
const commentsListed = 10;

/** Sends the page about the person who wrote a comment: their record, how they are met, and what can be decided. */
export async function sendPersonPage({ db, now }: AppContext, response: Response, writer: Writer): Promise<void> {
  const { t, dates } = frameOf(response);
  const { commentId } = writer;
  const ways = knownBy(writer);
  const records = await Promise.all(
    ways.map(async (by) => ({ by, counts: completed(await countByStatus(db, { commentId, by })) })),
  );
  const [standings, last, comments] = await Promise.all([
    listStandings(db, writer),
    lastDecided(db, writer),
    listLatest(db, writer),
  ]);
  const time = now();
  const views = standings.map((row) => presentStanding(row, { dates, now: time }));
  sendPage(response, personView, {
    title: t('person.title'),
    hiddenFromSearch: true,
    name: writer.name,
    action: personHref(commentId),
    records: records.map((record) => ({ ...record, total: sumOf(record.counts) })),
    mostCounted,
    current: views.filter(({ holds }) => holds),
    earlier: views.filter(({ holds }) => !holds),
    comments,
    kinds: standingKinds,
    ends: endChoices,
    longestOfNetwork: longest.network,
    seen: last?.id ?? 0,
    sweeps: (await Promise.all(records.map((record) => listSweeps(db, { ...record, person: writer })))).flat(),
    key: randomUUID(),
  });
}

async function listLatest(db: AppContext['db'], writer: Writer): Promise<PersonPage['comments']> {
  const statuses = ['pending', 'approved', 'rejected', 'spam', 'removed'] as const;
  // By what surely is the same person: others share the network.
  const [by] = knownBy(writer);
  const ids =
    by === undefined ? [] : await listFrom(db, { commentId: writer.commentId, by, statuses, limit: commentsListed });
  return (await listWrittenBy(db, ids)).map((row) => ({
    id: row.id,
    status: row.status,
    excerpt: excerptOf(trustStored(row.html), 200),
    createdAt: row.created_at,
    postTitle: row.post_title,
    queueHref: `/moderation?${new URLSearchParams({ status: row.status, post: String(row.post_id) })}#c${row.id}`,
  }));
}

// Spam that has expired was spam.
function completed({ expired = 0, spam = 0, ...counts }: StatusCounts): Required<StatusCounts> {
  return { pending: 0, approved: 0, rejected: 0, removed: 0, deleted: 0, ...counts, spam: spam + expired, expired: 0 };
}

function sumOf(counts: StatusCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

// The record ends somewhere, what is swept up does not.
async function listSweeps(
  db: AppContext['db'],
  { person, by, counts }: { person: Writer; by: KnownBy; counts: Required<StatusCounts> },
): Promise<PersonPage['sweeps']> {
  const scopes = by === 'network' ? (['pending'] as const) : (['pending', 'all'] as const);
  const whole = sumOf(counts) < mostCounted;
  const sweeps = await Promise.all(
    scopes.map(async (scope) => {
      const statuses = sweepable[scope];
      const count = whole
        ? statuses.reduce((sum, status) => sum + counts[status], 0)
        : await countToSweep(db, { person, by, statuses });
      return { by, scope, count };
    }),
  );
  return sweeps.filter(({ count }) => count > 0);
}
