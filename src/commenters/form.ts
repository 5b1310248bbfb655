import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';

/** The form that asks for a link: the address as it was typed and as it is stored, and what is wrong with it. */
export interface AddressForm {
  readonly typed: string;
  readonly email: string;
  readonly error: Message | undefined;
}

/** Reads the address that somebody wants to prove. */
export function readAddressForm(body: unknown): AddressForm {
  const { email: typed } = readFields(body, ['email']);
  const email = normaliseEmail(typed);
  return { typed, email, error: isEmail(email) ? undefined : { key: 'mine.email.malformed' } };
}

/** Reads which address is to be erased, and whether with it what was written in this browser without one. */
export function readErasureForm(body: unknown): { readonly email: string; readonly alsoUnproved: boolean } {
  const { email, also_unproved } = readFields(body, ['email', 'also_unproved']);
  return { email: normaliseEmail(email), alsoUnproved: also_unproved === 'on' };
}
