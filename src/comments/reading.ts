import { checkGuestReply, checkStaffReply, type Draft, type FieldErrors, isDraft } from './form.ts';
import { type ReadText, readText } from './read-text.ts';
import { makeKeys, type Submission, type SubmissionKeys } from './submission.ts';

/** What is known of a submission by itself, before anybody is asked about it. */
export interface Reading {
  readonly keys: SubmissionKeys;
  readonly checked: Draft | FieldErrors;
  /** Undefined where something is wrong with it, or nothing of it can be seen. */
  readonly text: ReadText | undefined;
}

// It stands in the submission, where nobody copies it: what a WeakMap holds outlives its key until the whole heap is collected.
const reading = Symbol('reading');

/** Reads a submission, once. */
export function readingOf(submission: Submission & { readonly [reading]?: Reading }): Reading {
  const known = submission[reading];
  if (known) return known;
  const value = read(submission);
  Object.defineProperty(submission, reading, { value });
  return value;
}

const unread: Submission[] = [];

/**
 * Reads a submission that has to wait for others, so that those behind it need not wait for that. One is read at each turn of the
 * event loop: where a crowd comes, the answers of the database to those before it are not held up.
 */
export function readSoon(submission: Submission): void {
  unread.push(submission);
  if (unread.length === 1) setImmediate(readNext);
}

function readNext(): void {
  try {
    const next = unread.shift();
    if (next) readingOf(next);
  } catch {
    // It is told to who sent it, when its turn comes.
  }
  if (unread.length > 0) setImmediate(readNext);
}

function read(submission: Submission): Reading {
  const { writer, fields } = submission;
  const checked = writer.kind === 'staff' ? checkStaffReply(fields, writer.name) : checkGuestReply(fields);
  const text = isDraft(checked)
    ? readText({ name: checked.name, website: checked.website ?? null, source: checked.body })
    : undefined;
  return { keys: makeKeys(submission), checked, text };
}
