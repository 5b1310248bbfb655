import type { Message, Translate } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { passwordProblem } from './passwords.ts';
import type { Role } from './table.ts';

/** One thing that is wrong with a form: the id of its field, and what. */
export interface FieldError {
  readonly field: string;
  readonly message: Message;
}

/** What a person types to get an account. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** The roles in the order in which forms offer them. */
export const roles: readonly Role[] = ['author', 'moderator', 'owner'];

const longestName = 60;

/** Brings a person's fields into the form in which they are stored, and says what is wrong with them. */
export function checkPerson(typed: Person): { person: Person; errors: FieldError[] } {
  const person = { ...typed, name: normaliseLine(typed.name), email: normaliseEmail(typed.email) };
  return {
    person,
    errors: [...checkName(person.name), ...checkEmail(person.email), ...checkPassword(person.password)],
  };
}

/** What is wrong with a normalised name. */
export function checkName(name: string): FieldError[] {
  if (name === '') return [{ field: 'name', message: { key: 'person.nameMissing' } }];
  if ([...name].length <= longestName) return [];
  return [{ field: 'name', message: { key: 'person.nameLong', values: { most: longestName } } }];
}

/** What to say of a name that someone on the staff has, or had. */
export const nameTaken: FieldError = { field: 'name', message: { key: 'person.nameTaken' } };

/** What is wrong with a normalised address. */
export function checkEmail(email: string): FieldError[] {
  return isEmail(email) ? [] : [{ field: 'email', message: { key: 'person.emailWrong' } }];
}

/** What is wrong with a new password. */
export function checkPassword(password: string): FieldError[] {
  const message = passwordProblem(password);
  return message ? [{ field: 'password', message }] : [];
}

/** The role that a form names; undefined where it names none of ours. */
export function readRole(text: string): Role | undefined {
  return roles.find((role) => role === text);
}

/** Says the errors in a language. */
export function wordErrors(t: Translate, errors: readonly FieldError[]): { field: string; message: string }[] {
  return errors.map(({ field, message }) => ({ field, message: t(message.key, message.values) }));
}
