import type { Kysely } from 'kysely';
import type { Database } from '../../src/database.ts';
import { loadRules, storeRules } from '../../src/rules/queries.ts';
import { choiceOf, type RuleChoice, type SettableRule } from '../../src/rules/rule.ts';

/** Sets one rule of a site, whatever it was set to; what is left out stays. */
export async function setRule<Name extends SettableRule>(
  db: Kysely<Database>,
  name: Name,
  changes: Partial<Pick<Extract<RuleChoice, { name: Name }>, 'enabled' | 'settings'>>,
): Promise<void> {
  const rules = await loadRules(db);
  const choice = { ...choiceOf(rules, name), ...changes };
  await db.transaction().execute((trx) =>
    storeRules(
      trx,
      rules.map((rule) => (rule.name === name ? (choice as RuleChoice) : rule)),
    ),
  );
}
