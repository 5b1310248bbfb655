import { permissions } from '../accounts/permissions.ts';
import type { Role } from '../accounts/table.ts';
import type { Speaker } from './closing.ts';

/**
 * As whom somebody speaks under a post: authors of other posts are guests there.
 *
 * @param staff undefined for who has no account.
 */
export function speakerOf(
  staff: { readonly id: number; readonly role: Role } | undefined,
  { authorIds }: { readonly authorIds: readonly number[] },
): Speaker {
  if (!staff) return 'guest';
  if (authorIds.includes(staff.id)) return 'author';
  return permissions[staff.role].moderate === 'all' ? 'staff' : 'guest';
}
