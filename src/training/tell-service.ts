import type { Kysely } from 'kysely';
import { latestJudgement } from '../comments/editing-queries.ts';
import { isErased } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { type Network, tellOutcome } from '../outside/ask.ts';
import { findKey } from '../outside/keys.ts';
import type { Outcome } from '../outside/table.ts';
import { hrefOf } from '../posts/addresses.ts';
import { loadRules } from '../rules/queries.ts';
import { rulesInForce } from '../rules/rule.ts';
import { findLessons } from './labels.ts';

/** What it takes to tell. */
export interface TellingContext {
  readonly db: Kysely<Database>;
  readonly network: Network;
  /** Public address of this site, which the service knows it by. */
  readonly siteAddress: string;
  readonly now: () => Date;
}

/**
 * Tells a service elsewhere what a person decided about a comment, where it had said otherwise; and where that decision stands no longer,
 * that it was right; of each text by itself. So each is told what it does not believe yet, however often this is done. What is erased is
 * told to nobody, and neither is what the service was never asked about: it would not know it.
 *
 * @throws Error with the kind of trouble where the service did not take it: it is to be tried again.
 */
export async function tellService(
  { db, network, siteAddress, now }: TellingContext,
  { commentId }: { commentId: number },
): Promise<void> {
  const comment = await findTold(db, commentId);
  const word = comment?.facts.outside;
  if (!comment || isErased(comment.status) || word === undefined) return;
  const rules = rulesInForce(await loadRules(db), comment.rule_switches);
  const settings = rules.find((rule) => rule.name === 'outside')?.settings;
  const key = settings && (await findKey(db, settings.url));
  if (!settings || key === undefined) return;

  const said: Outcome = word === 'good' ? 'good' : 'spam';
  const [lesson] = await findLessons(db, { commentIds: [commentId], imported: false });
  const outcome = lesson?.label ?? said;
  if (outcome === (comment.told ?? said)) return;
  const answer = await tellOutcome(network, {
    service: { url: settings.url, key, blog: `${siteAddress}/`, sharesNetwork: settings.network },
    comment: {
      name: comment.name,
      website: comment.website,
      body: comment.source,
      isReply: comment.parent_id !== null,
      permalink: `${siteAddress}${hrefOf(comment)}`,
      writtenAt: comment.created_at,
      edited: false,
      // Of it a hash is kept, and no more.
      network: undefined,
      userAgent: undefined,
    },
    outcome,
  });
  if (answer.kind === 'none') throw new Error(`the service that judges comments took nothing: ${answer.why}`);
  const told = { judgement_id: comment.judgement_id, outcome, told_at: now() };
  await db
    .insertInto('outside_told')
    .values({ comment_id: commentId, ...told })
    .onConflict((conflict) => conflict.column('comment_id').doUpdateSet(told))
    .execute();
}

// With what the service said of the text as it is, and was told last of it.
async function findTold(db: Kysely<Database>, commentId: number) {
  return await db
    .selectFrom('comment')
    .innerJoin('judgement', (join) => join.on('judgement.id', '=', latestJudgement(commentId)))
    .innerJoin('conversation', 'conversation.id', 'comment.conversation_id')
    .innerJoin('post', 'post.conversation_id', 'conversation.id')
    .leftJoin('outside_told', 'outside_told.judgement_id', 'judgement.id')
    .select(['comment.name', 'comment.website', 'comment.source', 'comment.parent_id', 'comment.created_at'])
    .select(['comment.status', 'conversation.rule_switches', 'post.kind', 'post.slug'])
    .select(['judgement.id as judgement_id', 'judgement.facts', 'outside_told.outcome as told'])
    .where('comment.id', '=', commentId)
    .executeTakeFirst();
}
