import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { deleteInvitationsOf } from './invitation-queries.ts';
import { lockAccount, lockOwners, updateAccount } from './queries.ts';
import { endSessions } from './session-queries.ts';
import type { Account, Role } from './table.ts';

/** What a change of an account comes to. `same`: it was so already, and nothing is written down. */
export type Outcome = 'done' | 'same' | 'unknown' | 'last_owner' | 'not_an_owner';

/** Gives someone another role, in the name of an owner. Who stops being one has nobody invited any more. */
export function changeRole(
  db: Kysely<Database>,
  { id, role, actorId, now }: { id: number; role: Role; actorId: number; now: Date },
): Promise<Outcome> {
  return changeAccount(db, { id, actorId }, async (trx, account) => {
    if (account.role === role) return 'same';
    if (account.isLastOwner) return 'last_owner';
    await updateAccount(trx, id, { role });
    await deleteInvitationsOf(trx, id);
    const event = { action: 'role_changed', from: account.role, to: role };
    await recordEvent(trx, { subjectKind: 'account', subjectId: id, ...event, actorId, now });
    return 'done';
  });
}

/** Keeps someone out, in the name of an owner; their sessions and invitations end at once, what they wrote stays. */
export function disableAccount(
  db: Kysely<Database>,
  { id, actorId, now }: { id: number; actorId: number; now: Date },
): Promise<Outcome> {
  return changeAccount(db, { id, actorId }, async (trx, account) => {
    if (account.disabled_at) return 'same';
    if (account.isLastOwner) return 'last_owner';
    await updateAccount(trx, id, { disabled_at: now });
    await endSessions(trx, { accountId: id });
    await deleteInvitationsOf(trx, id);
    const event = { action: 'disabled', from: 'active', to: 'disabled' };
    await recordEvent(trx, { subjectKind: 'account', subjectId: id, ...event, actorId, now });
    return 'done';
  });
}

/**
 * Lets someone in again, in the name of an owner. They sign in anew: one who was about to sign in while they were
 * disabled may have got a session.
 */
export function enableAccount(
  db: Kysely<Database>,
  { id, actorId, now }: { id: number; actorId: number; now: Date },
): Promise<Outcome> {
  return changeAccount(db, { id, actorId }, async (trx, account) => {
    if (!account.disabled_at) return 'same';
    await updateAccount(trx, id, { disabled_at: null });
    await endSessions(trx, { accountId: id });
    const event = { action: 'enabled', from: 'disabled', to: 'active' };
    await recordEvent(trx, { subjectKind: 'account', subjectId: id, ...event, actorId, now });
    return 'done';
  });
}

type LockedAccount = Pick<Account, 'role' | 'disabled_at'> & { readonly isLastOwner: boolean };

// All owners are locked, and the actor is looked for among them: of two owners who demote each other at once, the second
// has stopped being one.
function changeAccount(
  db: Kysely<Database>,
  { id, actorId }: { id: number; actorId: number },
  change: (trx: Transaction<Database>, account: LockedAccount) => Promise<Outcome>,
): Promise<Outcome> {
  return db.transaction().execute(async (trx) => {
    const owners = await lockOwners(trx);
    if (!owners.includes(actorId)) return 'not_an_owner';
    const account = await lockAccount(trx, id);
    if (!account) return 'unknown';
    return change(trx, { ...account, isLastOwner: owners.length === 1 && owners[0] === id });
  });
}
