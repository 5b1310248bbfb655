import { type CommentStatus, isErased, type ModeratorAction, moderatorActions } from '../comments/lifecycle.ts';
import type { Deciding } from '../events/deciding.ts';
import type { Decided, VerdictStatus } from './result.ts';

/**
 * What a person decided of a comment, and what stands.
 *
 * @param deciding the event by which it stands where it stands.
 * @returns undefined where nobody decided: a rule did, also one that met an edit by the staff, or it waits.
 */
export function decidedByPerson(
  status: CommentStatus,
  deciding: Pick<Deciding, 'action' | 'actorId' | 'rule'> | undefined,
): Decided | undefined {
  if (status === 'pending' || isErased(status) || !deciding) return undefined;
  const { action, actorId, rule } = deciding;
  const byPerson = actorId !== null && rule === undefined && moderatorActions.includes(action as ModeratorAction);
  return byPerson ? status : undefined;
}

/** Whether a rule says otherwise than a person. What was turned down may well have been held before, or taken for spam. */
export function isOtherwise(verdict: VerdictStatus, decided: Decided | undefined): boolean {
  if (decided === undefined) return false;
  return (decided === 'approved') !== (verdict === 'approved');
}
