import type { Kysely } from 'kysely';
import { moderationReach } from '../accounts/permissions.ts';
import { isSigned, readClaim } from '../alerts/right.ts';
import type { Database } from '../database.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';

/** What a mailed link is worth now. */
export type OpenedRight =
  | {
      readonly kind: 'open';
      readonly commentId: number;
      /** In whose name it decides. */
      readonly moderator: Moderator;
      readonly expiresAt: Date;
    }
  /** We gave it, and it has ended. */
  | { readonly kind: 'over' }
  /** It was never given, or ended with what it was signed with. */
  | { readonly kind: 'unknown' };

/**
 * Looks at the right that a mailed link gives. It needs an account that may still be used and still decide on the comment;
 * looking uses nothing up, since programs that scan mail open links.
 */
export async function openRight(
  db: Kysely<Database>,
  { token, secret, authorsModerate, now }: { token: string; secret: Buffer; authorsModerate: boolean; now: Date },
): Promise<OpenedRight> {
  const claim = readClaim(token);
  const account = claim && (await findAccount(db, claim.accountId));
  if (!account || !isSigned(claim, secret, account.mailed_rights_key)) return { kind: 'unknown' };
  const { disabled_at, mailed_rights_key: _, ...viewer } = account;
  const moderator = { viewer, reach: moderationReach(viewer.role, { authorsModerate }) };
  const { commentId, expiresAt } = claim;
  if (expiresAt <= now || disabled_at) return { kind: 'over' };
  const [reachable] = await filterReachable(db, { ids: [commentId], moderator });
  return reachable === undefined ? { kind: 'over' } : { kind: 'open', commentId, moderator, expiresAt };
}

function findAccount(db: Kysely<Database>, id: number) {
  return db
    .selectFrom('account')
    .select(['id', 'handle', 'name', 'role', 'disabled_at', 'mailed_rights_key'])
    .where('id', '=', id)
    .executeTakeFirst();
}
