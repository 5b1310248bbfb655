import type { Response } from 'express';
import type { Reach } from '../accounts/permissions.ts';
import { signedInViewer, type Viewer, viewerReach } from '../accounts/viewer.ts';
import { allowedActions, type CommentStatus, type ModeratorAction } from '../comments/lifecycle.ts';

/** Who decides, and how far their right to do so reaches. */
export interface Moderator {
  readonly viewer: Viewer;
  readonly reach: Reach;
}

/** Who decides: behind `requirePermission` for what moderators may. */
export function moderatorOf(response: Response): Moderator {
  return { viewer: signedInViewer(response), reach: viewerReach(response, 'moderate') };
}

/** What whoever is signed in may do with a comment of some status. @param unconfirmed see `nextStatus`. */
export function offeredActions(response: Response, status: CommentStatus, unconfirmed = false): ModeratorAction[] {
  return allowedActions(status, unconfirmed).filter((action) => mayTake(response, action));
}

/** Whether whoever is signed in may decide so at all. */
export function mayTake(response: Response, action: ModeratorAction): boolean {
  return action !== 'remove' || viewerReach(response, 'remove') !== 'none';
}
