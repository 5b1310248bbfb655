import type { Opinion } from '../comments/judge.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';

/** What rules can decide. */
export type VerdictStatus = Opinion['status'];

/** What a rule decided, and by what. */
export interface Ruling {
  readonly status: VerdictStatus;
  readonly rule: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** What staff are told beside its sentence. */
  readonly detail?: string | undefined;
}

/** A comment that was judged once more. */
export interface Replayed {
  readonly commentId: number;
  readonly before: Ruling;
  readonly after: Ruling;
  /** What a person decided of it; missing where nobody did. */
  readonly decided?: Decided | undefined;
}

/** How many comments met a verdict, and of how many of them a person decided otherwise. */
export interface Count {
  readonly all: number;
  readonly otherwise: number;
}

/** Comments that would meet another verdict, all from the same one to the same one. */
export interface Changed extends Count {
  readonly from: VerdictStatus;
  readonly to: VerdictStatus;
  /** The newest of them, of which a person decided otherwise than the new verdict says. */
  readonly against: readonly Replayed[];
  /** The newest of the others. */
  readonly others: readonly Replayed[];
}

/** What rules would have done: numbers, and which comments. */
export interface Tally {
  readonly judged: number;
  /** What was erased since: nobody knows any more what it said. */
  readonly erased: number;
  /** Of how many a person decided. */
  readonly decided: number;
  readonly before: Readonly<Record<VerdictStatus, Count>>;
  readonly after: Readonly<Record<VerdictStatus, Count>>;
  readonly changed: readonly Changed[];
}

/** What a person can have decided of a comment. */
export type Decided = Exclude<CommentStatus, 'pending' | 'deleted' | 'expired'>;
