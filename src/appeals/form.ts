import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';

/** Characters that an appeal may have. */
export const longestAppeal = 2_000;

/** An appeal as it was sent, and what is wrong with it. */
export interface AppealForm {
  readonly typed: { readonly text: string; readonly email: string };
  readonly text: string;
  /** Normalised; undefined where nobody wants mail. */
  readonly email: string | undefined;
  readonly errors: readonly { readonly field: 'text' | 'email'; readonly message: Message }[];
}

/** Reads the form for an appeal. */
export function readAppeal(body: unknown): AppealForm {
  const typed = readFields(body, ['text', 'email']);
  const text = typed.text.trim();
  const email = normaliseEmail(typed.email);
  const length = [...text].length;
  const errors: AppealForm['errors'][number][] = [];
  if (length === 0) errors.push({ field: 'text', message: { key: 'appeal.textMissing' } });
  if (length > longestAppeal)
    errors.push({ field: 'text', message: { key: 'appeal.textLong', values: { most: longestAppeal, length } } });
  if (email !== '' && !isEmail(email)) errors.push({ field: 'email', message: { key: 'reply.email.malformed' } });
  return { typed, text, email: email || undefined, errors };
}
