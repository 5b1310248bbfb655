import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { lockSite } from '../site/queries.ts';
import type { Site } from '../site/table.ts';
import { takeTurn } from '../turns.ts';
import { loadRules, storeRules } from './queries.ts';
import type { RuleChoice, SettableRule } from './rule.ts';
import type { ChangedRules } from './table.ts';

/** What became of an attempt to save the rules. */
export type RulesOutcome =
  /** `eventId`: by it the change can be undone; undefined where nothing had changed. */
  | { readonly kind: 'saved'; readonly eventId: number | undefined }
  /** Somebody else has changed them since they were shown. */
  | { readonly kind: 'overtaken'; readonly theirs: readonly RuleChoice[] };

/**
 * Saves the rules, unless somebody else has since they were shown. Waits for the replies that are being judged: each is judged by
 * one state of the rules.
 *
 * @param token of the rules that the form was filled with.
 */
export function saveRules(
  db: Kysely<Database>,
  { rules, token, actorId, now }: { rules: readonly RuleChoice[]; token: string; actorId: number; now: Date },
): Promise<RulesOutcome> {
  return db.transaction().execute(async (trx) => {
    const { site, present } = await takeRules(trx);
    if (site.rules_token !== token) return { kind: 'overtaken', theirs: present };
    return { kind: 'saved', eventId: await change(trx, { site, present, rules, actorId, now }) };
  });
}

/**
 * Takes a change of the rules back: what it changed is as it was before, and all else stays.
 *
 * @param eventId of the change, or of the undo of one.
 * @returns the id of the event that says so; undefined where something of it has changed since.
 */
export async function takeBackRules(
  trx: Transaction<Database>,
  { eventId, actorId, now }: { eventId: number; actorId: number; now: Date },
): Promise<number | undefined> {
  const { site, present } = await takeRules(trx);
  const row = await trx.selectFrom('rule_change').select('changed').where('event_id', '=', eventId).executeTakeFirst();
  const rules = row && withoutChange(present, row.changed);
  return rules && (await change(trx, { site, present, rules, undoes: eventId, actorId, now }));
}

async function takeRules(trx: Transaction<Database>): Promise<{ site: Site; present: RuleChoice[] }> {
  await takeTurn(trx, { about: 'site', id: 1 });
  const site = await lockSite(trx);
  return { site, present: await loadRules(trx) };
}

async function change(
  trx: Transaction<Database>,
  {
    site,
    present,
    rules,
    undoes,
    actorId,
    now,
  }: {
    site: Site;
    present: readonly RuleChoice[];
    rules: readonly RuleChoice[];
    undoes?: number;
    actorId: number;
    now: Date;
  },
): Promise<number | undefined> {
  const changed = changesBetween(present, rules);
  if (changed.rules.length === 0 && !changed.order) return undefined;
  await storeRules(trx, rules);
  const eventId = await recordEvent(trx, {
    subjectKind: 'site',
    subjectId: site.id,
    action: undoes === undefined ? 'rules_saved' : 'undo',
    undoes,
    actorId,
    numbers: { rules: changed.rules.length },
    now,
  });
  await trx
    .insertInto('rule_change')
    .values({ event_id: eventId, changed: JSON.stringify(changed) })
    .execute();
  return eventId;
}

/** What differs between two states of the rules. */
export function changesBetween(present: readonly RuleChoice[], rules: readonly RuleChoice[]): ChangedRules {
  const [before, after] = [namesOf(present), namesOf(rules)];
  return {
    rules: present.flatMap((was) => {
      const is = rules.find(({ name }) => name === was.name);
      return !is || isDeepStrictEqual(was, is) ? [] : [{ before: was, after: is }];
    }),
    ...(isDeepStrictEqual(before, after) ? {} : { order: { before, after } }),
  };
}

/** The rules as they were before a change; undefined where something of it is set otherwise by now. */
export function withoutChange(present: readonly RuleChoice[], changed: ChangedRules): RuleChoice[] | undefined {
  const now = new Map(present.map((choice) => [choice.name, choice]));
  if (changed.rules.some(({ after }) => !isDeepStrictEqual(now.get(after.name), after))) return undefined;
  if (changed.order && !isDeepStrictEqual(namesOf(present), changed.order.after)) return undefined;
  for (const { before } of changed.rules) now.set(before.name, before);
  return (changed.order?.before ?? namesOf(present)).flatMap((name) => now.get(name) ?? []);
}

function namesOf(rules: readonly RuleChoice[]): SettableRule[] {
  return rules.map(({ name }) => name);
}
