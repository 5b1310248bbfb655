import { type CommentStatus, isErased } from './lifecycle.ts';

/** What decides whether the writer of a comment can still edit it. */
export interface EditingFacts {
  readonly status: CommentStatus;
  readonly createdAt: Date;
  /** Whether the conversation takes no replies. */
  readonly closed: boolean;
  /** As the site has it; 0: not at all. */
  readonly editMinutes: number;
  /** How often it was edited already. */
  readonly edits: number;
}

/** Why a comment cannot be edited; a sentence `edit.<why>` says so. */
export type EditRefusal = 'deleted' | 'decided' | 'off' | 'late' | 'closed' | 'often';

/** Edits that one comment takes: enough for anybody who corrects, and an end for a program that does not stop. */
export const mostEdits = 30;

const editable: readonly CommentStatus[] = ['pending', 'approved'];

/** Why a comment cannot be edited now; undefined where it can. */
export function whyNotEdited(facts: EditingFacts, now: Date): EditRefusal | undefined {
  if (isErased(facts.status)) return 'deleted';
  if (!editable.includes(facts.status)) return 'decided';
  if (facts.editMinutes === 0) return 'off';
  if (now >= editableUntil(facts)) return 'late';
  if (facts.closed) return 'closed';
  return facts.edits >= mostEdits ? 'often' : undefined;
}

/** When the time for edits is over. */
export function editableUntil({ createdAt, editMinutes }: Pick<EditingFacts, 'createdAt' | 'editMinutes'>): Date {
  return new Date(createdAt.getTime() + editMinutes * 60_000);
}
