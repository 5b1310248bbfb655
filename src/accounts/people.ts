import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { deleteInvitationsOf } from './invitation-queries.ts';
import { lockAccount, lockOwners, updateAccount } from './queries.ts';
import { endSessions } from './session-queries.ts';
import type { Account, Role } from './table.ts';

/** What a change of an account comes to. `same`: it was so already, and nothing is written down. */
export type Outcome = 'done' | 'same' | 'unknown' | 'last_owner' | 'not_an_owner';

/** An account that is changed, and in whose name. */
interface Changing {
  readonly id: number;
  readonly actorId: number;
  readonly now: Date;
  /** id of the event that the change takes back, where it does. */
  readonly undoes?: number | undefined;
}

/** What is changed of an account. */
export type AccountChange =
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'use'; readonly use: 'active' | 'disabled' };

/** The id of the event where something was changed, else why not. */
export type Changed = number | Exclude<Outcome, 'done'>;

/** Gives someone another role, in the name of an owner. Who stops being one has nobody invited any more. */
export function changeRole(db: Kysely<Database>, { role, ...changing }: Changing & { role: Role }): Promise<Outcome> {
  return changeAtOnce(db, { ...changing, change: { kind: 'role', role } });
}

/** Keeps someone out, in the name of an owner; their sessions and invitations end at once, what they wrote stays. */
export function disableAccount(db: Kysely<Database>, changing: Changing): Promise<Outcome> {
  return changeAtOnce(db, { ...changing, change: { kind: 'use', use: 'disabled' } });
}

/**
 * Lets someone in again, in the name of an owner. They sign in anew: one who was about to sign in while they were
 * disabled may have got a session.
 */
export function enableAccount(db: Kysely<Database>, changing: Changing): Promise<Outcome> {
  return changeAtOnce(db, { ...changing, change: { kind: 'use', use: 'active' } });
}

/**
 * Changes an account as the functions above do. All owners are locked, and the actor is looked for among them: of two owners
 * who demote each other at once, the second has stopped being one.
 */
export async function changeAccount(
  trx: Transaction<Database>,
  { change, ...changing }: Changing & { change: AccountChange },
): Promise<Changed> {
  const owners = await lockOwners(trx);
  if (!owners.includes(changing.actorId)) return 'not_an_owner';
  const account = await lockAccount(trx, changing.id);
  if (!account) return 'unknown';
  const step = stepOf(account, change);
  if (step.from === step.to) return 'same';
  if (step.to !== 'active' && owners.length === 1 && owners[0] === account.id) return 'last_owner';
  return change.kind === 'role'
    ? giveRole(trx, { ...changing, change, step })
    : letUse(trx, { ...changing, change, step });
}

async function changeAtOnce(db: Kysely<Database>, changing: Changing & { change: AccountChange }): Promise<Outcome> {
  const changed = await db.transaction().execute((trx) => changeAccount(trx, changing));
  return typeof changed === 'number' ? 'done' : changed;
}

interface Step {
  readonly from: string;
  readonly to: string;
}

function stepOf({ role, disabled_at }: Pick<Account, 'role' | 'disabled_at'>, change: AccountChange): Step {
  if (change.kind === 'role') return { from: role, to: change.role };
  return { from: disabled_at ? 'disabled' : 'active', to: change.use };
}

async function giveRole(
  trx: Transaction<Database>,
  { change, step, ...changing }: Changing & { change: AccountChange & { kind: 'role' }; step: Step },
): Promise<number> {
  await updateAccount(trx, changing.id, { role: change.role });
  await deleteInvitationsOf(trx, changing.id);
  return await record(trx, { action: 'role_changed', step, ...changing });
}

async function letUse(
  trx: Transaction<Database>,
  { change, step, ...changing }: Changing & { change: AccountChange & { kind: 'use' }; step: Step },
): Promise<number> {
  const { id, now } = changing;
  const disables = change.use === 'disabled';
  await updateAccount(trx, id, { disabled_at: disables ? now : null });
  await endSessions(trx, { accountId: id });
  if (disables) await deleteInvitationsOf(trx, id);
  return await record(trx, { action: disables ? 'disabled' : 'enabled', step, ...changing });
}

function record(
  trx: Transaction<Database>,
  { id, action, step, undoes, actorId, now }: Changing & { action: string; step: Step },
): Promise<number> {
  const subject = { subjectKind: 'account', subjectId: id } as const;
  const done = undoes === undefined ? action : 'undo';
  return recordEvent(trx, { ...subject, action: done, ...step, undoes, actorId, now });
}
