import { permissions } from '../accounts/permissions.ts';
import type { Role } from '../accounts/table.ts';
import type { Event } from '../events/table.ts';

/**
 * Whether somebody may take back what was done to a post, whoever did it: who may write on it. Who the authors are is changed,
 * and changed back, only by those who may write on all posts.
 *
 * @param isOwn whether they are one of its authors.
 * @param numbers those of the event.
 */
export function mayTakeBack({
  role,
  isOwn,
  numbers,
}: {
  role: Role;
  isOwn: boolean;
  numbers: Event['numbers'];
}): boolean {
  const reach = permissions[role].write;
  return reach === 'all' || (reach === 'own' && isOwn && !numbers.authors_changed);
}

/** Whether something that was done to a post is of a kind that can be taken back, and what it was before is known. */
export function canBeTakenBack({ action, numbers }: Pick<Event, 'action' | 'numbers'>): boolean {
  if (action === 'edit') return numbers.earlier_version !== undefined;
  // When it was put into the bin is known of what was restored since this can be undone.
  if (action === 'restore') return numbers.deleted_at !== undefined;
  return ['create', 'publish', 'schedule', 'unpublish', 'delete', 'undo'].includes(action);
}
