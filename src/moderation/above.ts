import { type Kysely, sql } from 'kysely';
import { permissions } from '../accounts/permissions.ts';
import type { Role } from '../accounts/table.ts';
import { moderatorActions } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import type { Moderator } from './moderator.ts';

/**
 * Which of these comments stand where a moderator of all posts decided last: above that an author decides nothing, until a
 * rule holds the comment anew.
 *
 * @returns ids of comments; none for who moderates all posts.
 */
export async function listDecidedAbove(
  db: Kysely<Database>,
  { ids, moderator }: { ids: readonly number[]; moderator: Moderator },
): Promise<Set<number>> {
  if (moderator.reach === 'all' || ids.length === 0) return new Set();
  const { rows } = await sql<{ subject_id: number; role: Role | null }>`
    select distinct on (subject_id) subject_id, account.role
    from event left join account on account.id = event.actor_id
    where subject_kind = 'comment' and subject_id = any(${ids}::integer[])
      and action = any(${[...moderatorActions, 'undo', 'hold']}::text[])
    order by subject_id, event.id desc`.execute(db);
  return new Set(rows.filter(({ role }) => moderatesAll(role)).map(({ subject_id }) => subject_id));
}

/** Whether what somebody did stands above what an author may do: a closing, a pin, a pace, switched rules. */
export async function isAbove(
  db: Kysely<Database>,
  { by, moderator }: { by: number | null | undefined; moderator: Moderator },
): Promise<boolean> {
  if (moderator.reach === 'all' || by === null || by === undefined) return false;
  const account = await db.selectFrom('account').select('role').where('id', '=', by).executeTakeFirst();
  return moderatesAll(account?.role ?? null);
}

/**
 * Who set something of a conversation last.
 *
 * @param number that events about it have.
 * @returns the id of an account; undefined or null: nobody is known to have.
 */
export async function whoSetLast(
  db: Kysely<Database>,
  { conversationId, number }: { conversationId: number; number: 'slow_after' | 'switched' },
): Promise<number | null | undefined> {
  const event = await db
    .selectFrom('event')
    .select('actor_id')
    .where('subject_kind', '=', 'conversation')
    .where('subject_id', '=', conversationId)
    .where(sql<boolean>`numbers ? ${number}`)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return event?.actor_id;
}

function moderatesAll(role: Role | null): boolean {
  return role !== null && permissions[role].moderate === 'all';
}
