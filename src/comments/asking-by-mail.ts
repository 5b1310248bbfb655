import { readFollowChoice, wantsMail } from '../following/choices.ts';
import { countAsking } from '../following/limits.ts';
import { findFirstAnswer } from './first-answers.ts';
import { checkGuestReply, isDraft } from './form.ts';
import type { ReplyContext } from './reply-context.ts';
import type { Submission } from './submission.ts';

/**
 * Counts the mail that asks the writer of a reply whether it may be told what it wants to be told.
 *
 * @returns the seconds to wait where there were too many; undefined where the mail may go, or none is needed.
 */
export async function secondsUntilAsked(
  { db, limits }: Pick<ReplyContext, 'db' | 'limits'>,
  { submission, ip }: { submission: Submission; ip: string },
): Promise<number | undefined> {
  const { writer, fields } = submission;
  if (writer.kind !== 'guest' || !wantsMail(readFollowChoice(fields))) return undefined;
  const draft = checkGuestReply(fields);
  if (!isDraft(draft) || draft.email === undefined) return undefined;
  if (await findFirstAnswer(db, submission)) return undefined;
  return await countAsking({ db, limits }, { email: draft.email, ip, browserId: writer.browserId });
}
