/** Where a comment stands. `removed` is a moderator's doing, `deleted` its writer's. */
export type CommentStatus = 'pending' | 'approved' | 'rejected' | 'spam' | 'removed' | 'deleted';

/**
 * What can be done to a comment. `delete` is its writer's, `hold` is done by a rule when a published comment is edited; all
 * others are a moderator's.
 */
export type CommentAction = 'approve' | 'reject' | 'spam' | 'remove' | 'restore' | 'hold' | 'delete';

/** From a status, by an action, to the next status. What is not listed cannot be done. */
export const transitions: Readonly<Record<CommentStatus, Readonly<Partial<Record<CommentAction, CommentStatus>>>>> = {
  pending: { approve: 'approved', reject: 'rejected', spam: 'spam', delete: 'deleted' },
  approved: { remove: 'removed', spam: 'spam', hold: 'pending', delete: 'deleted' },
  rejected: { approve: 'approved', spam: 'spam', restore: 'pending', delete: 'deleted' },
  spam: { approve: 'approved', reject: 'rejected', restore: 'pending', delete: 'deleted' },
  removed: { restore: 'approved', spam: 'spam', delete: 'deleted' },
  deleted: {},
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

/** The status that follows, or undefined where the action is not possible. */
export function nextStatus(status: CommentStatus, action: CommentAction): CommentStatus | undefined {
  return transitions[status][action];
}

/** What a moderator can do with a comment of this status, in the order of the buttons. */
export function allowedActions(status: CommentStatus): ModeratorAction[] {
  return moderatorActions.filter((action) => transitions[status][action] !== undefined);
}

/** Whether readers see the text of a comment of this status. */
export function isReadable(status: CommentStatus): boolean {
  return status === 'approved';
}
