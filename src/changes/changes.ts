/** What a change is about: one conversation, any of them, or the rest: settings, people, posts. */
export type Subject = 'site' | 'conversations' | `conversation ${number}`;

/** What a notification names: a subject, or that anything may have changed. */
export type Told = Exclude<Subject, 'conversations'> | 'everything';

/** Reads a notification. @returns undefined for what names no subject. */
export function readNotification(payload: string | undefined): Told | undefined {
  if (payload === 'site' || payload === 'everything') return payload;
  return /^conversation [1-9]\d{0,9}$/.test(payload ?? '') ? (payload as Told) : undefined;
}

/** The conversation that a subject is about; undefined: more than one. */
export function conversationOf(subject: Subject): number | undefined {
  return subject.startsWith('conversation ') ? Number(subject.slice('conversation '.length)) : undefined;
}

/** A moment, to ask later what has changed since. */
export interface Mark {
  readonly epoch: number;
  readonly sequence: number;
}

/** What this process has heard of changes that any process made. */
export interface Changes {
  /** The present moment. */
  mark(): Mark;
  /**
   * Whether what was read at a moment is still what the database holds, as far as it depends on these subjects. False
   * also while nothing can be said for sure, since the database is not heard.
   */
  unchangedSince(mark: Mark, subjects: readonly Subject[]): boolean;
  /** The same, as far as is known: while the database is not heard, something may have changed that nobody told. */
  unchangedAsFarAsKnown(mark: Mark, subjects: readonly Subject[]): boolean;
  /** Whether the database is heard now, so that nothing can have changed unnoticed. */
  isHeard(): boolean;
  /** Fulfilled when all that was committed before the call is known here, or cannot be heard. */
  caughtUp(): Promise<void>;
  /** Calls for each change heard. @returns ends it. */
  onChange(tell: (subject: Subject) => void): () => void;
}

/** Hears nothing, and so never vouches for anything: for a program that keeps nothing in memory. */
export const unheardChanges: Changes = {
  mark: () => ({ epoch: 0, sequence: 0 }),
  unchangedSince: () => false,
  unchangedAsFarAsKnown: () => false,
  isHeard: () => false,
  caughtUp: async () => {},
  onChange: () => () => {},
};
