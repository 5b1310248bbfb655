import { normalise } from '../text/plain-text.ts';

/**
 * The door for what people send: picks the named fields out of a form's body and nothing else. Each is text, without
 * characters that a text cannot hold; a missing one is empty, of a repeated one the last counts.
 *
 * @param body what the form parser made of the request; anything else gives empty fields.
 */
export function readFields<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const form = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const fields = {} as Record<Name, string>;
  for (const name of names) fields[name] = readText(form[name]);
  return fields;
}

/** All values of a field that may be repeated, such as the marked rows of a list. */
export function readList(body: unknown, name: string): string[] {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}

/** The number of a row out of a path or a form: undefined where it is none, or beyond what a column holds. */
export function readId(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= 2_147_483_647 ? id : undefined;
}

function readText(value: unknown): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? normalise(last) : '';
}
