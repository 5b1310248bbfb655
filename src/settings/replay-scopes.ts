import { readFields } from '../http/fields.ts';
import type { Scope } from '../replay/scope.ts';

/** How far back the form lets rules be tried, by the value of its field. */
export const offeredScopes = {
  comments: { comments: 10_000 },
  days: { days: 90 },
} as const satisfies Readonly<Record<string, Scope>>;

/** The value of the field that says how far back. */
export type Over = keyof typeof offeredScopes;

/** Picks out of what was sent how far back; the first choice where it says nothing that there is. */
export function readOver(body: unknown): Over {
  const { over } = readFields(body, ['over']);
  return over === 'days' ? 'days' : 'comments';
}

/** The value of the field for a scope. */
export function overOf(scope: Scope): Over {
  return 'days' in scope ? 'days' : 'comments';
}
