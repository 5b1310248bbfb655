import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { queueMail } from '../mail/queue.ts';
import { normaliseEmail } from '../text/email-address.ts';
import type { AttemptLimits } from './attempts.ts';
import { checkPassword, type FieldError } from './form.ts';
import { hashPassword } from './passwords.ts';
import { findActiveAccount, findSignIn, updateAccount } from './queries.ts';
import { endResets, findReset, insertReset, useReset } from './reset-queries.ts';
import { endSessions } from './session-queries.ts';
import { hashToken } from './tokens.ts';

const minutes = 60;

/**
 * Mails a link to choose a new password, if the address has an account that may be used. Whoever asks is not told.
 *
 * @param token the secret in the link; see `newToken`.
 * @param letter the mail, with the link in it.
 * @returns the seconds to wait where too many were asked for, for this address or out of this network.
 */
export async function requestReset(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  {
    email: typed,
    ip,
    token,
    letter,
    now,
  }: {
    email: string;
    ip: string;
    token: string;
    letter: { subject: string; body: string };
    now: Date;
  },
): Promise<number | undefined> {
  const email = normaliseEmail(typed);
  const wait = (await limits.resetNetwork.take(ip)) ?? (await limits.resetAddress.take(email));
  if (wait !== undefined) return wait;

  const account = await findSignIn(db, email);
  if (!account) return undefined;
  await db.transaction().execute(async (trx) => {
    const expires = new Date(now.getTime() + minutes * 60_000);
    const row = { token_hash: hashToken(token), account_id: account.id, created_at: now, expires_at: expires };
    await insertReset(trx, row);
    await queueMail(trx, { recipient: email, ...letter, now });
  });
  return undefined;
}

/** Whether the link can still be used, and for which address. Looking uses nothing up. */
export async function lookAtReset(
  db: Kysely<Database>,
  { token, now }: { token: string; now: Date },
): Promise<{ email: string } | 'over' | 'unknown'> {
  const reset = await findReset(db, hashToken(token));
  if (!reset) return 'unknown';
  if (reset.used_at || reset.expires_at <= now || reset.disabled_at || reset.email === null) return 'over';
  return { email: reset.email };
}

/**
 * Sets the new password, once for each link, and ends all sessions of the account and its other links.
 *
 * @returns 'over' where the link ran out, was used in the meantime, or its account has been disabled.
 */
export async function resetPassword(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  { token, email, password, now }: { token: string; email: string; password: string; now: Date },
): Promise<'changed' | 'over' | { errors: FieldError[] }> {
  const errors = checkPassword(password);
  if (errors.length > 0) return { errors };
  const passwordHash = await hashPassword(password);
  const changed = await db.transaction().execute(async (trx) => {
    const accountId = await useReset(trx, { tokenHash: hashToken(token), now });
    if (accountId === undefined || !(await findActiveAccount(trx, accountId))) return false;
    await updateAccount(trx, accountId, { password_hash: passwordHash });
    await endResets(trx, { accountId, now });
    await endSessions(trx, { accountId });
    return true;
  });
  if (!changed) return 'over';
  await limits.account.clear(email);
  return 'changed';
}
