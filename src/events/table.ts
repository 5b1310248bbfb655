import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely';

/** What an event can be about; its id is that of a row of this kind, and for a branch that of the comment that begins it. */
export type SubjectKind =
  | 'comment'
  | 'conversation'
  | 'branch'
  | 'post'
  | 'account'
  | 'site'
  | 'standing'
  | 'appeal'
  | 'report';

/** Something that happened and stays: ids and numbers only. The database refuses to change or delete a row. */
export interface EventTable {
  id: GeneratedAlways<number>;
  subject_kind: SubjectKind;
  subject_id: number;
  /** The conversation that it is about or stands in; null for people and settings. */
  conversation_id: number | null;
  action: string;
  from_status: string | null;
  to_status: string | null;
  /** The account that did it; null: the software itself, or a guest. */
  actor_id: number | null;
  /** The rule that decided, where one did. */
  rule: string | null;
  /** Shared by what was done in one go. */
  batch: string | null;
  /** The event that this one takes back. */
  undoes: number | null;
  /** Written as JSON text, read as an object. */
  numbers: ColumnType<Record<string, number>, string | undefined, never>;
  created_at: Date;
}

/** The words that belong to an event, erasable beside it. */
export interface EventNoteTable {
  event_id: number;
  /** For the person concerned. */
  reason: Generated<string>;
  /** For staff only. */
  note: Generated<string>;
}

export type Event = Selectable<EventTable>;
export type EventNote = Selectable<EventNoteTable>;
