import { followFields, readFollowChoice, wantsMail } from '../following/choices.ts';
import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { normaliseWebsite } from '../text/website.ts';
import { imitatesMark } from './confirmed-mark.ts';

/** Characters that the text of a comment may have; the table itself takes more, from imports. */
export const longestComment = 10_000;

const longestName = 60;

/** What was typed into the form for a reply, as it was typed. */
export type ReplyFields = Record<(typeof replyFields)[number], string>;

// `topic` is a field that no person sees; `seconds` is how long the writing took, where a script could tell.
const replyFields = [
  ...(['name', 'email', 'website', 'body', 'parent', 'key', 'remember', 'topic', 'seconds'] as const),
  ...followFields,
] as const;

/** A reply that can be taken. */
export interface Draft {
  readonly name: string;
  readonly email: string | undefined;
  readonly website: string | undefined;
  readonly body: string;
}

/** What is wrong with a field, to be said beside it. */
export type FieldErrors = { [Field in 'name' | 'email' | 'website' | 'body' | 'parent' | 'follow']?: Message };

/** Picks the fields of a reply out of what was sent. */
export function readReply(body: unknown): ReplyFields {
  return readFields(body, replyFields);
}

/** Checks what a guest typed. @returns the draft, or what is wrong with which field. */
export function checkGuestReply(fields: ReplyFields): Draft | FieldErrors {
  const name = normaliseLine(fields.name);
  const email = normaliseEmail(fields.email);
  const website = normaliseWebsite(fields.website);
  const body = fields.body.trim();
  const errors: FieldErrors = checkBody(body);
  if (name === '') errors.name = { key: 'reply.name.missing' };
  else if (lengthOf(name) > longestName) errors.name = { key: 'reply.name.long', values: { most: longestName } };
  else if (imitatesMark(name)) errors.name = { key: 'reply.name.mark' };
  if (email === '' && wantsMail(readFollowChoice(fields))) errors.email = { key: 'follow.addressMissing' };
  else if (email !== '' && !isEmail(email)) errors.email = { key: 'reply.email.malformed' };
  if (fields.website.trim() !== '' && !website) errors.website = { key: 'reply.website.malformed' };
  return hasErrors(errors) ? errors : { name, email: email || undefined, website, body };
}

/** The same on a site that asks guests for an address. */
export function requireEmail(checked: Draft | FieldErrors, fields: ReplyFields): Draft | FieldErrors {
  if (normaliseEmail(fields.email) !== '') return checked;
  return { ...(isDraft(checked) ? {} : checked), email: { key: 'reply.email.missing' } };
}

/** Checks what one of the staff typed, whose name is known. */
export function checkStaffReply(fields: Pick<ReplyFields, 'body'>, name: string): Draft | FieldErrors {
  const body = fields.body.trim();
  const errors = checkBody(body);
  return hasErrors(errors) ? errors : { name, email: undefined, website: undefined, body };
}

/** Checks a text that an existing comment is to have. @returns what is wrong with it; undefined: nothing. */
export function checkText(body: string): FieldErrors | undefined {
  const errors = checkBody(body);
  return hasErrors(errors) ? errors : undefined;
}

/** Tells a draft from what is wrong with one. */
export function isDraft(checked: Draft | FieldErrors): checked is Draft {
  return typeof (checked as Draft).body === 'string';
}

function checkBody(body: string): FieldErrors {
  const length = lengthOf(body);
  if (length === 0) return { body: { key: 'reply.body.missing' } };
  if (length > longestComment) return { body: { key: 'reply.body.long', values: { most: longestComment, length } } };
  return {};
}

function hasErrors(errors: FieldErrors): boolean {
  return Object.keys(errors).length > 0;
}

// Characters as a person counts them, not UTF-16 units: an emoji is one.
function lengthOf(text: string): number {
  return [...text].length;
}
