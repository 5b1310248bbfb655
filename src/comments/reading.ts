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

const readings = new WeakMap<Submission, Reading>();

/**
 * Reads a submission, once. Who has to wait for others is read first: those behind need not wait for what is done by then.
 */
export function readingOf(submission: Submission): Reading {
  const known = readings.get(submission) ?? read(submission);
  readings.set(submission, known);
  return known;
}

function read(submission: Submission): Reading {
  const { writer, fields } = submission;
  const checked = writer.kind === 'staff' ? checkStaffReply(fields, writer.name) : checkGuestReply(fields);
  const text = isDraft(checked)
    ? readText({ name: checked.name, website: checked.website ?? null, source: checked.body })
    : undefined;
  return { keys: makeKeys(submission), checked, text };
}
