import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { createTranslate } from '../http/messages.ts';
import { addJob } from '../jobs/queries.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import type { FollowingContext } from './context.ts';
import { wordConfirmation } from './letters.ts';
import {
  addSubscription,
  confirmSubscriptions,
  findSubscriptions,
  lockFollowersOf,
  type NewSubscription,
} from './queries.ts';

/** What was asked for in one form: several subscriptions of one address, confirmed by one link. */
export interface FollowRequest extends Omit<NewSubscription, 'scope' | 'commentId' | 'pace'> {
  readonly wanted: readonly Pick<NewSubscription, 'scope' | 'commentId' | 'pace'>[];
  /** Whether a mail may be sent that asks for a confirmation, see limits.ts. */
  readonly mayAsk: boolean;
}

/** Stores what somebody wants to follow, and has the address asked by mail where that is needed. */
export async function requestFollowing(trx: Transaction<Database>, request: FollowRequest): Promise<void> {
  const { wanted, mayAsk, ...shared } = request;
  const open: number[] = [];
  for (const each of wanted) {
    const { id, confirmed } = await addSubscription(trx, { ...shared, ...each });
    if (!confirmed) open.push(id);
  }
  if (open.length === 0 || !mayAsk) return;
  await trx.updateTable('subscription').set({ asked_at: null }).where('id', 'in', open).execute();
  await addJob(trx, 'ask_confirmation', { subscriptionIds: open });
}

/** Writes the mail that asks whether subscriptions are wanted; once, however often the job is done. */
export async function askConfirmation(
  context: FollowingContext,
  { subscriptionIds }: { subscriptionIds: readonly number[] },
): Promise<void> {
  const site = await loadSite(context.db);
  const words = { ...context, site: site.title, t: createTranslate(site.language) };
  await context.db.transaction().execute(async (trx) => {
    const now = context.now();
    await lockFollowersOf(trx, subscriptionIds);
    const asked = await trx
      .updateTable('subscription')
      .set({ asked_at: now })
      .where('id', 'in', subscriptionIds)
      .where('asked_at', 'is', null)
      .where('confirmed_at', 'is', null)
      .returning('id')
      .execute();
    const subscriptions = await findSubscriptions(
      trx,
      asked.map(({ id }) => id),
    );
    const [first] = subscriptions;
    if (first) await queueMail(trx, { ...wordConfirmation(words, subscriptions), recipient: first.email, now });
  });
}

/** Takes the yes of whoever reads the mail. What was decided meanwhile about a comment is told now. */
export async function confirmFollowing(
  trx: Transaction<Database>,
  yes: Parameters<typeof confirmSubscriptions>[1],
): Promise<void> {
  const confirmed = await confirmSubscriptions(trx, yes);
  for (const { scope, comment_id } of confirmed) {
    if (scope === 'decision' && comment_id !== null) await addJob(trx, 'tell_decision', { commentId: comment_id });
  }
}
