import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { InvitationTable, Role } from './table.ts';

/** An invitation that nobody has used yet. */
export interface OpenInvitation {
  readonly tokenHash: Buffer;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

/** Keeps an invitation in place of an earlier one for the same address, whose link then leads nowhere. */
export async function replaceInvitation(
  trx: Transaction<Database>,
  invitation: Omit<Selectable<InvitationTable>, 'used_at'>,
): Promise<void> {
  await trx.deleteFrom('invitation').where('email', '=', invitation.email).where('used_at', 'is', null).execute();
  await trx.insertInto('invitation').values(invitation).execute();
}

/** Invitations that can be used, the latest first; at most 100. */
export function listInvitations(db: Kysely<Database>, { now }: { now: Date }): Promise<OpenInvitation[]> {
  return db
    .selectFrom('invitation')
    .select(['token_hash as tokenHash', 'email', 'role', 'expires_at as expiresAt'])
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute();
}

/** An invitation, used and expired ones too. */
export function findInvitation(
  db: Kysely<Database>,
  tokenHash: Buffer,
): Promise<Selectable<InvitationTable> | undefined> {
  return db.selectFrom('invitation').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

/** Uses an invitation up if it still holds: of two who come at once, one gets it. */
export function useInvitation(
  trx: Transaction<Database>,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<Pick<Selectable<InvitationTable>, 'email' | 'role' | 'invited_by'> | undefined> {
  return trx
    .updateTable('invitation')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['email', 'role', 'invited_by'])
    .executeTakeFirst();
}

/** Takes back the invitations of an owner that nobody has used. */
export async function deleteInvitationsOf(trx: Transaction<Database>, accountId: number): Promise<void> {
  await trx.deleteFrom('invitation').where('invited_by', '=', accountId).where('used_at', 'is', null).execute();
}

/** Takes back an invitation that nobody has used. @returns the role that it offered, if there was one. */
export async function deleteInvitation(trx: Transaction<Database>, tokenHash: Buffer): Promise<Role | undefined> {
  const deleted = await trx
    .deleteFrom('invitation')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .returning('role')
    .executeTakeFirst();
  return deleted?.role;
}
