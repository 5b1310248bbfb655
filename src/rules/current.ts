import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { loadRules } from './queries.ts';
import type { RuleChoice } from './rule.ts';

// Lists of words are long, and comments come often: so rules are read once. A token names one state of them, in any database.
const known = new Map<string, readonly RuleChoice[]>();
const mostKnown = 4;

/**
 * The rules as they are set now.
 *
 * @param token of the site, read in the same transaction.
 */
export async function currentRules(db: Kysely<Database>, token: string): Promise<readonly RuleChoice[]> {
  const kept = known.get(token);
  if (kept) return kept;
  const rules = await loadRules(db);
  known.set(token, rules);
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) break;
    known.delete(oldest);
  }
  return rules;
}
