import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { recordEvent } from '../events/queries.ts';
import { requestFollowing } from '../following/confirm.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { findAppealsAgainst, insertAppeal } from './queries.ts';
import { isAppealable, isToldByMail } from './standing.ts';

/** An appeal that somebody files. */
export interface Filing {
  readonly commentId: number;
  readonly eventId: number;
  readonly text: string;
  /** Where the outcome is to be told, with the browser that asks for it; undefined: nowhere. */
  readonly mail: { readonly email: string; readonly browserId: number | undefined } | undefined;
  readonly now: Date;
}

/** What became of it; `filed` as well where the same form was sent before. */
export type Filed = 'filed' | 'twice' | 'over';

/**
 * Files an appeal against a decision, while that stands. The comment is held meanwhile, so that nobody decides on it anew
 * while it is said.
 */
export function fileAppeal(db: Kysely<Database>, filing: Filing): Promise<Filed> {
  return db.transaction().execute(async (trx) => {
    const { commentId, eventId, text, now } = filing;
    const { rows } = await sql<{ id: number; status: string; conversation_id: number }>`
      select id, status, conversation_id from comment where id = ${commentId} for no key update`.execute(trx);
    const earlier = (await findAppealsAgainst(trx, [eventId])).get(eventId);
    if (earlier) return earlier.text === text ? 'filed' : 'twice';
    const [comment] = rows;
    if (!comment || !isAppealable(comment.status)) return 'over';
    if ((await decidingEvents(trx, rows)).get(commentId)?.eventId !== eventId) return 'over';
    const id = await insertAppeal(trx, { commentId, eventId, text, now });
    if (id === undefined) return 'twice';
    await recordEvent(trx, { subjectKind: 'appeal', subjectId: id, action: 'appeal', now });
    if (isToldByMail(comment.status)) await askToTell(trx, { filing, conversationId: comment.conversation_id });
    return 'filed';
  });
}

// The wish to hear of the outcome is the wish to hear what is decided about the comment, and is confirmed as that is.
async function askToTell(
  trx: Transaction<Database>,
  { filing, conversationId }: { filing: Filing; conversationId: number },
): Promise<void> {
  const { commentId, mail, now } = filing;
  if (!mail) return;
  const { email, browserId } = mail;
  const proved = browserId !== undefined && (await provedAddresses(trx, { browserId })).includes(email);
  const wanted = [{ scope: 'decision', pace: 'at_once', commentId } as const];
  await requestFollowing(trx, { wanted, email, conversationId, browserId, proved, mayAsk: true, now });
}
