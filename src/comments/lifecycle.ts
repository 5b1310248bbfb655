/** Where a comment stands. `removed` is a moderator's doing, `deleted` its writer's; `expired` is spam that was erased. */
export type CommentStatus = 'pending' | 'approved' | 'rejected' | 'spam' | 'removed' | 'deleted' | 'expired';

/**
 * What can be done to a comment. `delete` is its writer's, `hold` is done by a rule when a published comment is edited, `expire`
 * by the one that lets no spam grow old; all others are a moderator's.
 */
export type CommentAction = 'approve' | 'reject' | 'spam' | 'remove' | 'restore' | 'hold' | 'delete' | 'expire';

/** From a status, by an action, to the next status. What is not listed cannot be done. */
export const transitions: Readonly<Record<CommentStatus, Readonly<Partial<Record<CommentAction, CommentStatus>>>>> = {
  pending: { approve: 'approved', reject: 'rejected', spam: 'spam', delete: 'deleted' },
  approved: { remove: 'removed', spam: 'spam', hold: 'pending', delete: 'deleted' },
  rejected: { approve: 'approved', spam: 'spam', restore: 'pending', delete: 'deleted' },
  spam: { approve: 'approved', reject: 'rejected', restore: 'pending', delete: 'deleted', expire: 'expired' },
  removed: { restore: 'approved', spam: 'spam', delete: 'deleted' },
  deleted: {},
  expired: {},
};

/** All statuses, in the order in which the queue offers them. */
export const commentStatuses = Object.keys(transitions) as readonly CommentStatus[];

/** What a moderator can do, the safest first: the order of the buttons. */
export const moderatorActions = [
  'approve',
  'reject',
  'spam',
  'remove',
  'restore',
] as const satisfies readonly CommentAction[];

/** An action of a moderator. */
export type ModeratorAction = (typeof moderatorActions)[number];

/** What was done to a comment and can be undone: then it stands again where it stood before. An undo can be, too. */
export const undoable: readonly string[] = [...moderatorActions, 'undo'];

/**
 * The status that follows, or undefined where the action is not possible.
 *
 * @param unconfirmed whether a rule alone took it for spam: a moderator who marks it as spam confirms that, and it stays.
 */
export function nextStatus(
  status: CommentStatus,
  action: CommentAction,
  unconfirmed = false,
): CommentStatus | undefined {
  if (unconfirmed && status === 'spam' && action === 'spam') return status;
  return transitions[status][action];
}

/** What a moderator can do with a comment of this status, in the order of the buttons. @param unconfirmed as above. */
export function allowedActions(status: CommentStatus, unconfirmed = false): ModeratorAction[] {
  return moderatorActions.filter((action) => nextStatus(status, action, unconfirmed) !== undefined);
}

/** Statuses of comments of which nothing is left but their place. */
export const erasedStatuses: readonly CommentStatus[] = ['deleted', 'expired'];

/** Whether nothing is left of a comment of this status but its place. */
export function isErased(status: CommentStatus): status is 'deleted' | 'expired' {
  return erasedStatuses.includes(status);
}

/** Whether readers see the text of a comment of this status. */
export function isReadable(status: CommentStatus): boolean {
  return status === 'approved';
}
