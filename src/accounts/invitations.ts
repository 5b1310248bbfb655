import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { queueMail } from '../mail/queue.ts';
import { addAccount } from './add-account.ts';
import { checkName, checkPassword, type FieldError, nameTaken } from './form.ts';
import { deleteInvitation, findInvitation, replaceInvitation, useInvitation } from './invitation-queries.ts';
import { hashPassword } from './passwords.ts';
import { hasAccount, isStaffName, lockOwners } from './queries.ts';
import type { Account, Role } from './table.ts';
import { hashToken } from './tokens.ts';

/** How long an invitation can be used. */
export const invitationDays = 7;

/**
 * Invites someone by mail, in the name of an owner. An earlier invitation of the same address ends.
 *
 * @param email normalised and checked.
 * @param token the secret in the link; see `newToken`.
 * @param letter the mail, with the link in it.
 */
export function invite(
  db: Kysely<Database>,
  {
    email,
    role,
    token,
    letter,
    actorId,
    now,
  }: {
    email: string;
    role: Role;
    token: string;
    letter: { subject: string; body: string };
    actorId: number;
    now: Date;
  },
): Promise<'invited' | 'has_account' | 'not_an_owner'> {
  return db.transaction().execute(async (trx) => {
    if (!(await lockOwners(trx)).includes(actorId)) return 'not_an_owner';
    if (await hasAccount(trx, email)) return 'has_account';
    const expires = new Date(now.getTime() + invitationDays * 86_400_000);
    const offer = { email, role, invited_by: actorId, created_at: now, expires_at: expires };
    await replaceInvitation(trx, { token_hash: hashToken(token), ...offer });
    await recordEvent(trx, { subjectKind: 'account', subjectId: actorId, action: 'invited', to: role, actorId, now });
    await queueMail(trx, { recipient: email, ...letter, now });
    return 'invited';
  });
}

/** Takes an invitation back, in the name of an owner. `unknown`: it was used before, or taken back already. */
export function withdrawInvitation(
  db: Kysely<Database>,
  { tokenHash, actorId, now }: { tokenHash: Buffer; actorId: number; now: Date },
): Promise<'withdrawn' | 'unknown' | 'not_an_owner'> {
  return db.transaction().execute(async (trx) => {
    if (!(await lockOwners(trx)).includes(actorId)) return 'not_an_owner';
    const role = await deleteInvitation(trx, tokenHash);
    if (!role) return 'unknown';
    const subject = { subjectKind: 'account', subjectId: actorId } as const;
    await recordEvent(trx, { ...subject, action: 'invitation_withdrawn', from: role, actorId, now });
    return 'withdrawn';
  });
}

/** Whether the link can still be used, and for what. Looking uses nothing up. */
export async function lookAtInvitation(
  db: Kysely<Database>,
  { token, now }: { token: string; now: Date },
): Promise<{ email: string; role: Role } | 'over' | 'unknown'> {
  const invitation = await findInvitation(db, hashToken(token));
  if (!invitation) return 'unknown';
  return invitation.used_at || invitation.expires_at <= now ? 'over' : invitation;
}

/**
 * Makes the account that an invitation offers, once, and only while whoever invited is an owner still.
 *
 * @param name normalised.
 * @returns 'over' where the invitation ran out, was used in the meantime, or has lost its owner; 'has_account' where its
 * address has got an account by another way.
 */
export async function acceptInvitation(
  db: Kysely<Database>,
  { token, name, password, now }: { token: string; name: string; password: string; now: Date },
): Promise<{ account: Account } | { errors: FieldError[] } | 'over' | 'has_account'> {
  const errors = [...checkName(name), ...checkPassword(password)];
  if (errors.length > 0) return { errors };
  const passwordHash = await hashPassword(password);
  return db.transaction().execute(async (trx) => {
    const owners = await lockOwners(trx);
    if (typeof (await lookAtInvitation(trx, { token, now })) === 'string') return 'over';
    if (await isStaffName(trx, name)) return { errors: [nameTaken] };
    const invitation = await useInvitation(trx, { tokenHash: hashToken(token), now });
    if (!invitation || !owners.includes(invitation.invited_by)) return 'over';
    const { email, role } = invitation;
    const account = await addAccount(trx, { name, email, role, passwordHash, now });
    if (!account) return 'has_account';
    await recordEvent(trx, {
      subjectKind: 'account',
      subjectId: account.id,
      action: 'joined',
      to: role,
      actorId: account.id,
      numbers: { invited_by: invitation.invited_by },
      now,
    });
    return { account };
  });
}
