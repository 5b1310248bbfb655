import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import type { AttemptLimits } from './attempts.ts';
import { checkName, checkPassword, type FieldError, nameTaken } from './form.ts';
import { hashPassword, passwordMatches } from './passwords.ts';
import { isStaffName, loadOwnAccount, lockOwners, updateAccount } from './queries.ts';
import { endResets } from './reset-queries.ts';
import { endSessions } from './session-queries.ts';
import type { ModerationMail } from './table.ts';

/** What a wish to change one's password comes to: done, seconds to wait, or what is wrong. */
export type PasswordChange = 'changed' | { wait: number } | { errors: FieldError[] };

/**
 * Changes a person's own name, unless someone else has it.
 *
 * @param name normalised.
 * @returns what is wrong with it; nothing where it is theirs now.
 */
export async function changeName(
  db: Kysely<Database>,
  { accountId, name }: { accountId: number; name: string },
): Promise<FieldError[]> {
  const errors = checkName(name);
  if (errors.length > 0) return errors;
  return db.transaction().execute(async (trx) => {
    await lockOwners(trx);
    if (await isStaffName(trx, name, accountId)) return [nameTaken];
    await updateAccount(trx, accountId, { name });
    return [];
  });
}

/**
 * Sets how somebody is told by mail of what waits. What has gathered until now is told in the new way: whoever wants it at once
 * does not have to wait for the next comment.
 */
export function chooseModerationMail(
  db: Kysely<Database>,
  { accountId, choice }: { accountId: number; choice: ModerationMail },
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await updateAccount(trx, accountId, { moderation_mail: choice });
    if (choice === 'at_once') await addJob(trx, 'mail_alerts', { accountId }, { once: true });
  });
}

/**
 * Changes a person's own password if they know the present one, and ends all their sessions and every mailed link that
 * could set another. Guesses count as those at signing in do: an unlocked computer is no way around them.
 */
export async function changePassword(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  { accountId, present, password, now }: { accountId: number; present: string; password: string; now: Date },
): Promise<PasswordChange> {
  const errors = checkPassword(password);
  if (errors.length > 0) return { errors };

  const account = await loadOwnAccount(db, accountId);
  const email = account.email ?? '';
  const wait = await limits.account.take(email);
  if (wait !== undefined) return { wait };
  if (!(await passwordMatches(account.password_hash, present)))
    return { errors: [{ field: 'present', message: { key: 'account.presentWrong' } }] };

  await limits.account.clear(email);
  const passwordHash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    await updateAccount(trx, accountId, { password_hash: passwordHash });
    await endResets(trx, { accountId, now });
    await endSessions(trx, { accountId });
  });
  return 'changed';
}
