import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { findStanding } from '../persons/queries.ts';
import { loadRules } from '../rules/queries.ts';
import { choiceOf, type RuleName } from '../rules/rule.ts';
import { findCopiesOfSpam } from './copies.ts';
import type { Facts, StoredOpinion, Verdict } from './judge.ts';
import { provenBy } from './judge-copies.ts';
import { worstOf } from './judge-links.ts';
import { findSharersOfSpam } from './places.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/** How the rest of a wave is found, by the rule that takes what belongs to one for spam. */
const findRest = { copies: findCopies, campaign: findSharers };

type WaveRule = keyof typeof findRest & RuleName;

// Another rule may have decided, such as that for the hidden field: the wave is the same.
function wavesIn(opinions: readonly StoredOpinion[]): WaveRule[] {
  const rules = Object.keys(findRest) as WaveRule[];
  return rules.filter((name) => opinions.some(({ rule, status }) => rule === name && status === 'spam'));
}

/** Adds a job that takes the waves along to which any of these belong, which were just judged. */
export async function sweepWaves(
  trx: Transaction<Database>,
  comments: readonly { readonly commentId: number; readonly verdict: Verdict }[],
): Promise<void> {
  const taken = comments.filter(
    ({ verdict: { status, opinions } }) => status === 'spam' && wavesIn(opinions).length > 0,
  );
  if (taken.length > 0) await addJob(trx, 'sweep_copies', { commentIds: taken.map(({ commentId }) => commentId) });
}

/**
 * Takes for spam what waits and says the same as comments that were, or leads where they do: the first of a wave came before it was
 * one. Each comment changes by the rule, without an actor, and a moderator can decide otherwise. Done again it changes nothing more.
 *
 * @param commentIds what was taken for spam, and is so by the rules for copies or campaigns too.
 */
export async function sweepCopies(
  db: Kysely<Database>,
  { commentIds, now }: { commentIds: readonly number[]; now: Date },
): Promise<void> {
  for (const commentId of commentIds) {
    const { facts, opinions } = await findJudgement(db, commentId);
    for (const rule of wavesIn(opinions)) {
      const others = await findRest[rule](db, { commentId, facts });
      if (others.length > 0) await db.transaction().execute((trx) => sweep(trx, { rule, others, now }));
    }
  }
}

async function sweep(
  trx: Transaction<Database>,
  { rule, others, now }: { rule: WaveRule; others: readonly number[]; now: Date },
): Promise<void> {
  const waiting = await filterWaiting(trx, others);
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
      rule,
      // Of each the others, and the one that took them along.
      numbers: { count: others.length, spam: 1 },
      now,
    },
  );
}

interface Taken {
  readonly commentId: number;
  readonly facts: Facts;
}

// What merely resembles it may be anybody's.
async function findCopies(db: Kysely<Database>, { commentId, facts }: Taken): Promise<number[]> {
  const proof = provenBy(facts);
  const copies = await findCopiesOfSpam(db, commentId);
  return copies
    .filter(({ isSame, isClose }) => isSame || proof === 'near' || (proof === 'close' && isClose))
    .map((copy) => copy.commentId);
}

// Of the place alone to which most led: others may have been named along with it to look harmless.
async function findSharers(db: Kysely<Database>, { commentId, facts }: Taken): Promise<number[]> {
  const { settings } = choiceOf(await loadRules(db), 'campaign');
  const worst = worstOf(facts.leads ?? [], settings);
  return worst ? findSharersOfSpam(db, { commentId, place: worst.place }) : [];
}

function findJudgement(db: Kysely<Database>, commentId: number): Promise<Pick<Verdict, 'facts' | 'opinions'>> {
  const query = db.selectFrom('judgement').select(['facts', 'opinions']).where('comment_id', '=', commentId);
  return query.orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow();
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
