import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { lockSite } from '../site/queries.ts';
import { addAccount } from './add-account.ts';
import { checkPerson, type FieldError, nameTaken, type Person } from './form.ts';
import { hashPassword } from './passwords.ts';
import { hasOwner, isStaffName } from './queries.ts';
import type { Account } from './table.ts';

/**
 * The secret in the link to `/setup`. It is derived and stored nowhere, so every start prints the same link for as long
 * as there is no owner, and it is worth nothing once there is one.
 *
 * @param secret the site's `setup` key.
 */
export function setupToken(secret: Buffer): string {
  return createHmac('sha256', secret).update('setup').digest('base64url');
}

/** Whether a text is the secret of the link, in a time that does not tell how much of it is right. */
export function isSetupToken(secret: Buffer, text: string): boolean {
  const digest = (token: string) => createHash('sha256').update(token).digest();
  return timingSafeEqual(digest(text), digest(setupToken(secret)));
}

/**
 * Makes an owner, for the command line. It may add one to those that are there: whoever can run a command on the
 * database can change everything in it, and this is the way back in for an owner who lost theirs, under the same name if
 * they like.
 */
export async function createOwner(
  db: Kysely<Database>,
  { now, ...typed }: Person & { now: Date },
): Promise<{ account: Account } | { errors: FieldError[] }> {
  const { person, errors } = checkPerson(typed);
  if (errors.length > 0) return { errors };
  const passwordHash = await hashPassword(person.password);
  return db.transaction().execute(async (trx) => {
    await lockSite(trx);
    return addOwner(trx, { ...person, passwordHash, now });
  });
}

/**
 * Makes the first owner.
 *
 * @returns undefined where the site has an owner by now: of two who come at once, one becomes the owner.
 */
export async function createFirstOwner(
  db: Kysely<Database>,
  { now, ...typed }: Person & { now: Date },
): Promise<{ account: Account } | { errors: FieldError[] } | undefined> {
  const { person, errors } = checkPerson(typed);
  if (errors.length > 0) return { errors };
  const passwordHash = await hashPassword(person.password);
  return db.transaction().execute(async (trx) => {
    await lockSite(trx);
    if (await hasOwner(trx)) return undefined;
    if (await isStaffName(trx, person.name)) return { errors: [nameTaken] };
    return addOwner(trx, { ...person, passwordHash, now });
  });
}

async function addOwner(
  trx: Transaction<Database>,
  { name, email, passwordHash, now }: { name: string; email: string; passwordHash: string; now: Date },
): Promise<{ account: Account } | { errors: FieldError[] }> {
  const account = await addAccount(trx, { name, email, role: 'owner', passwordHash, now });
  if (!account) return { errors: [{ field: 'email', message: { key: 'person.emailTaken' } }] };
  await recordEvent(trx, { subjectKind: 'account', subjectId: account.id, action: 'joined', to: 'owner', now });
  return { account };
}
