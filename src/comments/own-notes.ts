import type { Kysely } from 'kysely';
import { findAppealsAgainst, findLastAppeals, listAppealed } from '../appeals/queries.ts';
import { appealHref, explainAppeal } from '../appeals/standing.ts';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { explainDecision } from '../events/explain-decision.ts';
import type { Message } from '../http/messages.ts';
import { explainHold, explainWait } from './explain.ts';
import { findJudgements, usualWait } from './queries.ts';
import type { ReadableComment } from './thread-rows.ts';
import type { OwnNote } from './thread-view.ts';

/**
 * What a writer is told of the own comments, by the comment's id: of those that nobody else sees why, and what comes next; of
 * others that they are back after an appeal.
 */
export async function explainOwn(
  db: Kysely<Database>,
  comments: readonly ReadableComment[],
): Promise<ReadonlyMap<number, OwnNote>> {
  const own = comments.filter((comment) => comment.own);
  const approved = own.filter(({ status }) => status === 'approved').map(({ id }) => id);
  const held = own.filter(({ status }) => status !== 'approved');
  const [returned, waiting, decided] = await Promise.all([
    explainReturned(db, approved),
    explainWaiting(
      db,
      held.filter(({ status }) => status === 'pending'),
    ),
    explainDecided(
      db,
      held.filter(({ status }) => status !== 'pending'),
    ),
  ]);
  return new Map([...returned, ...waiting, ...decided]);
}

type Notes = readonly (readonly [number, OwnNote])[];

async function explainWaiting(db: Kysely<Database>, comments: readonly ReadableComment[]): Promise<Notes> {
  if (comments.length === 0) return [];
  const ids = comments.map(({ id }) => id);
  const [judgements, deciding, seconds] = await Promise.all([
    findJudgements(db, ids),
    decidingEvents(db, comments),
    usualWait(db),
  ]);
  return ids.map((id) => {
    const why = explainHold({ deciding: deciding.get(id), judgement: judgements.get(id) });
    const sentences: Message[] = [...why, explainWait(seconds), { key: 'own.pendingText' }];
    return [id, { status: 'pending', sentences, appealHref: undefined }] as const;
  });
}

async function explainDecided(db: Kysely<Database>, comments: readonly ReadableComment[]): Promise<Notes> {
  const deciding = await decidingEvents(db, comments);
  const appeals = await findAppealsAgainst(
    db,
    [...deciding.values()].map(({ eventId }) => eventId),
  );
  return comments.map(({ id, status }) => {
    const decision = deciding.get(id);
    const appeal = appeals.get(decision?.eventId ?? 0);
    const kind = status === 'removed' || status === 'spam' ? status : 'rejected';
    const sentences: Message[] = [
      { key: `own.${kind}Text` },
      ...explainDecision(decision),
      ...(appeal ? explainAppeal(appeal) : []),
    ];
    return [id, { status: kind, sentences, appealHref: decision && !appeal ? appealHref(id) : undefined }] as const;
  });
}

async function explainReturned(db: Kysely<Database>, ids: readonly number[]): Promise<Notes> {
  const appeals = await findLastAppeals(db, await listAppealed(db, ids));
  return [...appeals].flatMap(([id, appeal]) =>
    appeal.outcome === 'overturned'
      ? [[id, { status: 'returned', sentences: explainAppeal(appeal), appealHref: undefined }] as const]
      : [],
  );
}
