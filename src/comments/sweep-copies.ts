import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { findStanding } from '../persons/queries.ts';
import type { RuleName } from '../rules/rule.ts';
import { findCopiesOfSpam } from './copies.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/**
 * Takes for spam what waits and says the same as comments that were: the first copies of a wave came before it was one. Each
 * comment changes by the rule, without an actor, and a moderator can decide otherwise. Done again it changes nothing more.
 *
 * @param commentIds what the rule for copies took for spam.
 */
export async function sweepCopies(
  db: Kysely<Database>,
  { commentIds, now }: { commentIds: readonly number[]; now: Date },
): Promise<void> {
  for (const commentId of commentIds) {
    const copies = await findCopiesOfSpam(db, commentId);
    if (copies.length > 0) await db.transaction().execute((trx) => sweep(trx, { copies, now }));
  }
}

async function sweep(
  trx: Transaction<Database>,
  { copies, now }: { copies: readonly number[]; now: Date },
): Promise<void> {
  const waiting = await filterWaiting(trx, copies);
  if (waiting.length === 0) return;
  const locked = await lockWithAncestors(trx, waiting);
  // Somebody may have decided before the lock was ours.
  const still = [...locked.values()].filter(({ status }) => status === 'pending');
  const undecided = new Set(await filterUndecided(trx, { ids: still.map(({ id }) => id), now }));
  await changeStatus(
    trx,
    still.filter(({ id }) => undecided.has(id)),
    {
      action: 'spam',
      actorId: undefined,
      rule: 'copies' satisfies RuleName,
      // Of each the others, and the one that they are copies of.
      numbers: { count: copies.length, spam: 1 },
      now,
    },
  );
}

async function filterWaiting(trx: Transaction<Database>, ids: readonly number[]): Promise<number[]> {
  const rows = await trx
    .selectFrom('comment')
    .select('id')
    .where('id', 'in', ids)
    .where('status', '=', 'pending')
    .execute();
  return rows.map(({ id }) => id);
}

// What a person decided stands, even that it waits; and who is known here or trusted is part of no wave.
async function filterUndecided(
  trx: Transaction<Database>,
  { ids, now }: { ids: readonly number[]; now: Date },
): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await trx
    .selectFrom('comment')
    .select(['id', 'browser_id', 'network_hash'])
    .where('id', 'in', ids)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('event')
            .select('event.id')
            .where('subject_kind', '=', 'comment')
            .whereRef('subject_id', '=', 'comment.id')
            .where('actor_id', 'is not', null),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('comment as known')
            .select('known.id')
            .whereRef('known.browser_id', '=', 'comment.browser_id')
            .where('known.status', '=', 'approved'),
        ),
      ),
    )
    .execute();
  const undecided: number[] = [];
  for (const { id, browser_id, network_hash } of rows) {
    const writing = { browserId: browser_id ?? undefined, networkHash: network_hash ?? undefined, now };
    if ((await findStanding(trx, writing))?.kind !== 'trusted') undecided.push(id);
  }
  return undecided;
}
