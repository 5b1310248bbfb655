import type { Kysely } from 'kysely';
import type { AttemptLimits } from '../accounts/attempts.ts';
import type { Database } from '../database.ts';
import type { Message } from '../http/messages.ts';
import { provedAddresses } from '../visitors/queries.ts';

/** Who wants to follow: the address, and where it was typed. */
export interface Asker {
  /** Normalised, and well formed. */
  readonly email: string;
  /** As Express tells it. */
  readonly ip: string;
  readonly browserId: number | undefined;
}

/**
 * Counts a mail that asks for a confirmation, whether or not one will be sent: so the answer tells nothing about an address.
 * A browser that has proved the address needs none.
 *
 * @returns the seconds to wait where too many were asked for, for this address or out of this network.
 */
export async function countAsking(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  { email, ip, browserId }: Asker,
): Promise<number | undefined> {
  if (browserId !== undefined && (await provedAddresses(db, { browserId })).includes(email)) return undefined;
  const { followNetwork, followAddress, followAddressDaily } = limits;
  return (await followNetwork.take(ip)) ?? (await followAddress.take(email)) ?? (await followAddressDaily.take(email));
}

/** Tells who asked too often when to come back. @param wait in seconds. */
export function tooManyAsked(wait: number): Message {
  const minutes = Math.ceil(wait / 60);
  return { key: 'following.tooMany', values: { minutes, hours: minutes > 90 ? Math.ceil(minutes / 60) : 0 } };
}
