import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { normaliseEmail } from '../text/email-address.ts';
import type { AttemptLimits } from './attempts.ts';
import { passwordMatches } from './passwords.ts';
import { findSignIn } from './queries.ts';

/** What trying to sign in comes to: an account, seconds to wait, or no. */
export type SignInOutcome = { accountId: number } | { wait: number } | 'refused';

/**
 * Compares an address and a password with the accounts. An address without an account, a disabled one and a wrong
 * password are the same to whoever asks: one answer, one query, one comparison, and they count alike.
 *
 * @param ip where the attempt comes from.
 */
export async function checkSignIn(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  { email: typed, password, ip }: { email: string; password: string; ip: string },
): Promise<SignInOutcome> {
  const email = normaliseEmail(typed);
  const wait = (await limits.network.take(ip)) ?? (await limits.account.take(email));
  if (wait !== undefined) return { wait };

  const account = await findSignIn(db, email);
  if (!(await passwordMatches(account?.password_hash, password)) || !account) return 'refused';
  await Promise.all([limits.account.clear(email), limits.network.giveBack(ip)]);
  return { accountId: account.id };
}
