import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { fingerprintOf } from '../rules/fingerprint.ts';
import { placesIn } from '../rules/places.ts';
import { renderComment } from '../text/comment-markdown.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { replaceFingerprint } from './copies.ts';
import { latestJudgement, stands } from './editing-queries.ts';
import { replacePlaces } from './places.ts';

/**
 * Takes back an edit, or the undo of one: the text that the revision keeps and the one that the comment has change places, and
 * with them whether readers are told of an edit, by which rule it was held, and how it was judged. As many edits stand as did
 * before, and copies are found of the text that is there now, and where it leads.
 *
 * @param commentId locked by `lockWithAncestors`.
 */
export async function swapTexts(
  trx: Transaction<Database>,
  { commentId, revisionId, now }: { commentId: number; revisionId: number; now: Date },
): Promise<void> {
  const kept = await trx.selectFrom('revision').selectAll().where('id', '=', revisionId).executeTakeFirstOrThrow();
  const comment = await trx
    .selectFrom('comment')
    .select(['source', 'source_format', 'html', 'edited_at', 'held_by', 'created_at'])
    .select(['name', 'website', 'account_id', 'status'])
    .select(latestJudgement(commentId).as('judgement_id'))
    .where('id', '=', commentId)
    .executeTakeFirstOrThrow();
  const { created_at: createdAt, html, name, website, account_id, status, ...present } = comment;
  await trx
    .updateTable('revision')
    .set(present)
    .set({ html: present.source_format === 'html' ? html : null, swaps: kept.swaps + 1 })
    .where('id', '=', revisionId)
    .execute();
  const { source, source_format, edited_at, held_by, judgement_id: judgementId } = kept;
  const rendered = kept.html === null ? renderComment(source) : undefined;
  await trx
    .updateTable('comment')
    .set({ source, source_format, edited_at, held_by })
    .set({ html: rendered?.html.toString() ?? kept.html ?? '', renderer_version: rendererVersion })
    .where('id', '=', commentId)
    .execute();
  if (judgementId !== null) await judgeAsBefore(trx, { judgementId, now });
  const written = (await lastWritten(trx, commentId)) ?? createdAt;
  await replaceFingerprint(trx, { commentId, fingerprint: fingerprintOf(source), now: written });
  const places = rendered ? placesIn({ addresses: rendered.links.addresses, name, website }) : [];
  // Only edits of the staff are taken back.
  await replacePlaces(trx, { commentId, places, known: account_id !== null && status === 'approved', now: written });
}

// The latest judgement is the one that counts.
async function judgeAsBefore(
  trx: Transaction<Database>,
  { judgementId, now }: { judgementId: number; now: Date },
): Promise<void> {
  await sql`
    insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
    select comment_id, rule, verdict, facts, opinions, ${now} from judgement where id = ${judgementId}`.execute(trx);
}

// When the text of a comment was written that it has now; undefined: when the comment was.
async function lastWritten(trx: Transaction<Database>, commentId: number): Promise<Date | undefined> {
  const revision = await trx
    .selectFrom('revision')
    .select('replaced_at')
    .where('comment_id', '=', commentId)
    .where(stands)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return revision?.replaced_at;
}
