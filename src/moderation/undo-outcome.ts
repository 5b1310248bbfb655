import type { ToldEvent } from '../events/queries.ts';
import type { PostMovedOn } from '../posts/take-back-post.ts';
import type { ChangedFields } from '../site/table.ts';
import type { Overtaken } from './decide.ts';

/** What became of an undo. */
export type UndoOutcome =
  | Undone
  /** So much is to be undone that a sweep does it in parts. */
  | { readonly kind: 'begun'; readonly sweepId: number }
  | UndoRefused
  /** There is no such event, it is beyond this moderator's reach, or nothing that can be undone. */
  | { readonly kind: 'unknown' };

/** `eventId` is one of the events that say so, by which it can be undone itself; undefined where it cannot. */
export interface Undone {
  readonly kind: 'undone';
  readonly count: number;
  readonly eventId: number | undefined;
}

/** Nothing was undone, since the world has moved on. */
export type UndoRefused =
  /** Nothing was done: something else has happened to some of the comments since. The rest can still be undone. */
  | { readonly kind: 'moved_on'; readonly overtaken: readonly Overtaken[]; readonly rest: number }
  /** Nothing was done: something else has happened to the edited comment since. The event `instead` can be undone first. */
  | { readonly kind: 'edit_moved_on'; readonly overtaken: Overtaken; readonly instead: number | undefined }
  /** Nothing was done: something else has happened to the conversation since. So many rejections can still be undone. */
  | { readonly kind: 'closing_moved_on'; readonly last: ToldEvent | undefined; readonly rest: number }
  /** Nothing was done: something else was decided about the person since, or its time is over. */
  | { readonly kind: 'standing_moved_on'; readonly last: ToldEvent | undefined }
  /** Nothing was done: the account was changed otherwise since. */
  | { readonly kind: 'account_moved_on'; readonly last: ToldEvent | undefined }
  /** Nothing was done: it would leave the site without an owner. */
  | { readonly kind: 'last_owner' }
  /** Nothing was done: what was answered is open again already, or was answered anew. */
  | { readonly kind: 'answer_moved_on' }
  | PostMovedOn
  /** Nothing was done: these have set some of it anew since, each what of it. So many settings can still be set back. */
  | {
      readonly kind: 'settings_moved_on';
      readonly since: readonly { readonly event: ToldEvent; readonly fields: ChangedFields }[];
      readonly rest: number;
    };
