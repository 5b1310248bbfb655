import { type Answer, type Asker, type Fields, fieldOn, openPage, sendForm } from '../support/comments.ts';
import type { TestSite } from '../support/site.ts';

/** Opens the page about the person who wrote a comment. */
export function personPage(site: TestSite, moderator: Asker, commentId: number): Promise<Answer> {
  return openPage(site, `/moderation/comments/${commentId}/person`, moderator);
}

/** Decides how the person who wrote a comment is met, as the form of their page does. */
export async function decideOnPerson(
  site: TestSite,
  moderator: Asker,
  commentId: number,
  fields: Fields,
): Promise<Answer> {
  const seen = fieldOn((await personPage(site, moderator, commentId)).text, 'seen') ?? '';
  const path = `/moderation/comments/${commentId}/person/standings`;
  return sendForm(site, path, { by: 'browser', ends: 'week', seen, ...fields }, moderator);
}
