import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { provedAddresses } from '../visitors/queries.ts';
import type { FollowChoice } from './choices.ts';
import { requestFollowing } from './confirm.ts';

/**
 * Stores what a guest chose in the form for a reply, with the reply itself. A decision is told of what waits for one.
 *
 * @param email normalised; undefined where none was typed, and then nothing can be told.
 * @param mayAsk whether a mail may be sent that asks for a confirmation.
 */
export async function followFromReply(
  trx: Transaction<Database>,
  {
    choice,
    email,
    comment,
    browserId,
    mayAsk,
    now,
  }: {
    choice: FollowChoice;
    email: string | undefined;
    comment: { readonly id: number; readonly conversationId: number; readonly waits: boolean };
    browserId: number;
    mayAsk: boolean;
    now: Date;
  },
): Promise<void> {
  const { scope, pace, decision } = choice;
  const wanted = [
    ...(scope === 'replies' ? [{ scope, pace, commentId: comment.id }] : []),
    ...(scope === 'conversation' ? [{ scope, pace, commentId: null }] : []),
    ...(decision && comment.waits ? [{ scope: 'decision', pace: 'at_once', commentId: comment.id } as const] : []),
  ];
  if (email === undefined || wanted.length === 0) return;
  const proved = (await provedAddresses(trx, { browserId })).includes(email);
  const { conversationId } = comment;
  await requestFollowing(trx, { wanted, email, conversationId, browserId, proved, mayAsk, now });
}
