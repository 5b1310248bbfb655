import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';
import { readPace } from './choices.ts';
import type { Pace } from './table.ts';

/** The form with which somebody follows, without writing a reply: as it was typed, and as it is stored. */
export interface FollowForm {
  readonly typed: { readonly email: string; readonly pace: Pace };
  readonly email: string;
  readonly error: Message | undefined;
}

/** Reads the address and the pace. */
export function readFollowForm(body: unknown): FollowForm {
  const fields = readFields(body, ['email', 'pace']);
  const email = normaliseEmail(fields.email);
  return { typed: { email: fields.email, pace: readPace(fields.pace) }, email, error: problemOf(email) };
}

function problemOf(email: string): Message | undefined {
  if (email === '') return { key: 'follow.addressMissing' };
  return isEmail(email) ? undefined : { key: 'reply.email.malformed' };
}
