import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { RuleChoice, SettableRule } from './rule.ts';

/** The rules as the owner left them, in their order. */
export async function loadRules(db: Kysely<Database>): Promise<RuleChoice[]> {
  const rows = await db.selectFrom('rule').select(['name', 'enabled', 'settings']).orderBy('place').execute();
  return rows as RuleChoice[];
}

/** Stores rules as they are to be, the order included, and tells whoever keeps them in memory. */
export async function storeRules(trx: Transaction<Database>, choices: readonly RuleChoice[]): Promise<void> {
  await trx
    .updateTable('rule')
    .from(
      sql<{ name: SettableRule; enabled: boolean; settings: string; place: number }>`unnest(
        ${choices.map(({ name }) => name)}::text[],
        ${choices.map(({ enabled }) => enabled)}::boolean[],
        ${choices.map(({ settings }) => JSON.stringify(settings))}::jsonb[]
      ) with ordinality`.as<'given'>(sql`given (name, enabled, settings, place)`),
    )
    .set(({ ref }) => ({
      enabled: ref('given.enabled'),
      settings: ref('given.settings'),
      place: ref('given.place'),
    }))
    .whereRef('rule.name', '=', 'given.name')
    .execute();
  await trx.updateTable('site').set({ rules_token: sql`gen_random_uuid()` }).execute();
}
