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
