import type { Mark, Subject } from './changes.ts';

/** Subjects that are remembered one by one; beyond, all is taken for changed. */
const mostSubjects = 10_000;

/** When what was changed last, in the order in which it was heard. */
export interface ChangeRecord {
  mark(): Mark;
  /** Notes one change. */
  note(subject: Subject): void;
  /** Notes that anything may have changed. */
  noteGap(): void;
  /** Whether none of these subjects has changed since. */
  unchangedSince(mark: Mark, subjects: readonly Subject[]): boolean;
}

/** Begins a record in which nothing has changed yet. */
export function createChangeRecord(): ChangeRecord {
  let now: Mark = { epoch: 1, sequence: 0 };
  const lastChanges = new Map<Subject, number>();
  const record: ChangeRecord = {
    mark: () => now,
    note(subject) {
      if (lastChanges.size >= mostSubjects && !lastChanges.has(subject)) record.noteGap();
      now = { epoch: now.epoch, sequence: now.sequence + 1 };
      lastChanges.set(subject, now.sequence);
    },
    noteGap() {
      now = { epoch: now.epoch + 1, sequence: now.sequence + 1 };
      lastChanges.clear();
    },
    unchangedSince: ({ epoch, sequence }, subjects) =>
      epoch === now.epoch &&
      (sequence === now.sequence || subjects.every((subject) => (lastChanges.get(subject) ?? 0) <= sequence)),
  };
  return record;
}
