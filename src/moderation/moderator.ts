import type { Response } from 'express';
import { signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { Moderator } from './decide.ts';

/** Who decides: behind `requirePermission('moderate')`. */
export function moderatorOf(response: Response): Moderator {
  return { viewer: signedInViewer(response), reach: viewerReach(response, 'moderate') };
}
