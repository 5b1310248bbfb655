import type { ToldEvent } from '../events/queries.ts';
import type { Overtaken } from './decide.ts';

/** What became of an undo. */
export type UndoOutcome =
  /** `eventId` is one of the events that say so, by which it can be undone itself; undefined where it cannot. */
  | { readonly kind: 'undone'; readonly count: number; readonly eventId: number | undefined }
  /** Nothing was done: something else has happened to some of the comments since. The rest can still be undone. */
  | { readonly kind: 'moved_on'; readonly overtaken: readonly Overtaken[]; readonly rest: number }
  /** Nothing was done: something else has happened to the conversation since. */
  | { readonly kind: 'closing_moved_on'; readonly last: ToldEvent | undefined }
  /** Nothing was done: something else was decided about the person since, or its time is over. */
  | { readonly kind: 'standing_moved_on'; readonly last: ToldEvent | undefined }
  /** Nothing was done: what was answered is open again already, or was answered anew. */
  | { readonly kind: 'answer_moved_on' }
  /** Nothing was done: something of what was set has been set otherwise since. */
  | { readonly kind: 'settings_moved_on'; readonly last: ToldEvent | undefined }
  /** There is no such event, it is beyond this moderator's reach, or nothing that can be undone. */
  | { readonly kind: 'unknown' };
