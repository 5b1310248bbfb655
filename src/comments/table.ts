import type { ColumnType, Generated, Selectable } from 'kysely';
import type { Facts, StoredOpinion } from './judge.ts';
import type { CommentStatus } from './lifecycle.ts';

export interface CommentTable {
  id: Generated<number>;
  conversation_id: number;
  parent_id: number | null;
  /** The first comment of its branch; itself where it answers the post. */
  root_id: number;
  /** 1 for an answer to the post. */
  depth: number;
  /** Sort key of the reading order, see thread.ts. */
  path: Buffer;
  status: CommentStatus;
  /** Approved, or above an approved one (then a placeholder). */
  shown: boolean;
  /** The account of a staff member who wrote it. */
  account_id: number | null;
  /** The browser in which a guest wrote it. */
  browser_id: number | null;
  name: string;
  /** Never shown. */
  email: string | null;
  email_proved: Generated<boolean>;
  website: string | null;
  source: string;
  source_format: Generated<'markdown' | 'html'>;
  /** The source, rendered and sanitised. */
  html: string;
  renderer_version: number;
  /** Keyed hash of the network it came from; erased after a set time. */
  network_hash: Buffer | null;
  created_at: Date;
  /** The last edit of what readers had been able to read. */
  edited_at: Generated<Date | null>;
  /** The rule that held it, when it was written, last edited or enough reported; null: none did. */
  held_by: Generated<string | null>;
  /** Whether a rule took it for spam and nobody has decided on it since. */
  unconfirmed_spam: Generated<boolean>;
  external_source: string | null;
  external_id: string | null;
}

/** What a comment said before an edit, for staff; where the edit was taken back, what it had made of it. */
export interface RevisionTable {
  id: Generated<number>;
  comment_id: number;
  source: string;
  source_format: 'markdown' | 'html';
  /** How a text in HTML is shown; null: it is rendered from its source. */
  html: string | null;
  replaced_at: Date;
  /** How often its text and that of the comment changed places; odd: the edit stands, even: it was taken back. */
  swaps: Generated<number>;
  /** As the comment has it with this text, as are the next two. */
  edited_at: Date | null;
  held_by: string | null;
  judgement_id: number | null;
}

/** The key of a form that was sent, and the comment that it made. */
export interface SubmissionTable {
  key: string;
  comment_id: number;
  /** Hash of conversation, parent and text. */
  digest: Buffer;
  created_at: Date;
}

/** How a comment was judged when it was written. */
export interface JudgementTable {
  id: Generated<number>;
  comment_id: number;
  /** Name of the policy whose opinion decided. */
  rule: string;
  verdict: 'pending' | 'approved' | 'spam';
  /** Written as JSON text, as are the opinions. */
  facts: ColumnType<Facts, string, Facts>;
  opinions: ColumnType<StoredOpinion[], string, never>;
  judged_at: Date;
}

/** What a comment's text is known by, to find copies of it; see rules/fingerprint.ts. */
export interface CommentFingerprintTable {
  comment_id: number;
  exact: Buffer;
  /** null, as the bands are, for a short text. */
  minima: number[] | null;
  band_1: number | null;
  band_2: number | null;
  band_3: number | null;
  band_4: number | null;
  written_at: Date;
}

/** Where comments lead to; see rules/places.ts. */
export interface CommentPlaceTable {
  comment_id: number;
  place: string;
  /** Whether the comment stands approved, by a person or since its writer is known here. Kept by a trigger when its status changes. */
  known: boolean;
  written_at: Date;
}

export type Comment = Selectable<CommentTable>;
export type Revision = Selectable<RevisionTable>;
