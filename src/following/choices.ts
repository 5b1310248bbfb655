import type { Pace, Scope } from './table.ts';

/** What a guest wants to be told by mail after a reply. */
export interface FollowChoice {
  /** Replies to the comment that is written now, or to all of its conversation; undefined: none. */
  readonly scope: 'replies' | 'conversation' | undefined;
  readonly pace: Pace;
  /** Whether the decision of a moderator is to be told. */
  readonly decision: boolean;
}

/** The names of the fields in which the form for a reply asks for it. */
export const followFields = ['follow', 'pace', 'tell_decision'] as const;

/** Reads the fields of the form; what they do not know counts as nothing chosen. */
export function readFollowChoice(fields: Readonly<Record<(typeof followFields)[number], string>>): FollowChoice {
  const { follow } = fields;
  return {
    scope: follow === 'replies' || follow === 'conversation' ? follow : undefined,
    pace: readPace(fields.pace),
    decision: fields.tell_decision === 'on',
  };
}

/** Whether a choice asks for any mail, which needs an address. */
export function wantsMail({ scope, decision }: FollowChoice): boolean {
  return scope !== undefined || decision;
}

/** The pace that a form names; at once, where it names none. */
export function readPace(text: string): Pace {
  return text === 'daily' ? 'daily' : 'at_once';
}

/** What a subscription is about, to find one among others. */
export interface Target {
  readonly scope: Scope;
  readonly conversationId: number;
  /** null for a conversation. */
  readonly commentId: number | null;
}
