import type { Kysely } from 'kysely';
import type { CommentAction } from '../../src/comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import type { Database } from '../../src/database.ts';
import { undo } from '../../src/moderation/undo.ts';
import { learnSome } from '../../src/training/learn.ts';
import { approved, plantThread } from '../support/threads.ts';

const written = { source_format: 'markdown' as const, name: 'Greta Guest', website: null };

/** Puts comments that wait into a conversation. @returns their ids, in the order of the texts. */
export async function addWaiting(
  db: Kysely<Database>,
  conversationId: number,
  texts: readonly string[],
): Promise<number[]> {
  const ids = await plantThread(
    db,
    conversationId,
    texts.map(() => ({ ...approved(undefined), status: 'pending' as const })),
  );
  for (const [index, id] of ids.entries())
    await db
      .updateTable('comment')
      .set({ ...written, source: texts[index] ?? '' })
      .where('id', '=', id)
      .execute();
  return ids;
}

/** Does something with comments; where nobody is named, a rule does it. */
export function act(
  db: Kysely<Database>,
  ids: readonly number[],
  { action, actorId }: { action: CommentAction; actorId: number | undefined },
): Promise<unknown> {
  return db.transaction().execute(async (trx) => {
    const locked = await lockWithAncestors(trx, ids);
    const rule = actorId === undefined ? 'links' : undefined;
    return changeStatus(
      trx,
      [...locked.values()].filter(({ id }) => ids.includes(id)),
      { action, actorId, rule, now: new Date() },
    );
  });
}

/** Takes the last event of a comment back. */
export async function undoLastOf(db: Kysely<Database>, id: number, viewer: { id: number }): Promise<void> {
  const event = await db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const moderator = { viewer: { ...viewer, role: 'owner', name: 'Olivia' }, reach: 'all' } as Parameters<
    typeof undo
  >[1]['moderator'];
  const outcome = await undo(db, { eventId: event.id, partly: false, moderator, now: new Date() });
  if (outcome.kind !== 'undone') throw new Error(outcome.kind);
}

/** Learns all that is due. */
export async function learnAll(db: Kysely<Database>): Promise<void> {
  while (await learnSome(db)) {}
}

/** All that the learner knows, row by row. */
export async function knowledgeOf(db: Kysely<Database>) {
  return {
    total: await db.selectFrom('learner_total').select(['spam', 'good']).execute(),
    features: await db.selectFrom('learner_feature').selectAll().orderBy('feature').execute(),
    comments: await db.selectFrom('learned_comment').selectAll().orderBy('comment_id').execute(),
  };
}
