import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { keepKey } from '../outside/keys.ts';
import { lockSite } from '../site/queries.ts';
import { noteChange } from '../site/settings.ts';
import type { ChangedFields, SettingValue, Site } from '../site/table.ts';
import { type SettingsTakenBack, takeBackChange } from '../site/take-back-settings.ts';
import { takeTurn } from '../turns.ts';
import { loadRules, storeRules } from './queries.ts';
import { choiceOf, type RuleChoice, type SettableRule } from './rule.ts';

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
 * @param outsideKey for the service of the rule `outside`; undefined: it stays. It is no setting: that it was set is
 * written down, but not the key itself, so it cannot be taken back.
 */
export function saveRules(
  db: Kysely<Database>,
  {
    rules,
    token,
    outsideKey,
    actorId,
    now,
  }: {
    rules: readonly RuleChoice[];
    token: string;
    outsideKey?: string | undefined;
    actorId: number;
    now: Date;
  },
): Promise<RulesOutcome> {
  return db.transaction().execute(async (trx) => {
    const { site, present } = await takeRules(trx);
    if (site.rules_token !== token) return { kind: 'overtaken', theirs: present };
    if (outsideKey !== undefined) await setKey(trx, { site, rules, key: outsideKey, actorId, now });
    return { kind: 'saved', eventId: await change(trx, { site, present, rules, actorId, now }) };
  });
}

async function setKey(
  trx: Transaction<Database>,
  {
    site,
    rules,
    key,
    actorId,
    now,
  }: { site: Site; rules: readonly RuleChoice[]; key: string; actorId: number; now: Date },
): Promise<void> {
  if (!(await keepKey(trx, { url: choiceOf(rules, 'outside').settings.url, key }))) return;
  // Among the settings, and without fields: nothing says what it was before.
  const numbers = { version: site.version };
  await recordEvent(trx, { subjectKind: 'site', subjectId: site.id, action: 'outside_key_set', actorId, numbers, now });
}

/** Takes a change of the rules back, as `takeBackChange` says. */
export async function takeBackRules(
  trx: Transaction<Database>,
  { eventId, partly, actorId, now }: { eventId: number; partly: boolean; actorId: number; now: Date },
): Promise<SettingsTakenBack> {
  const { site, present } = await takeRules(trx);
  const fields = fieldsOf(present);
  return await takeBackChange(trx, {
    eventId,
    partly,
    actorId,
    present: fields,
    set: (values) =>
      change(trx, { site, present, rules: rulesIn({ ...fields, ...values }), undoes: eventId, actorId, now }),
  });
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
  const fields = changesBetween(present, rules);
  if (Object.keys(fields).length === 0) return undefined;
  await storeRules(trx, rules);
  return await noteChange(trx, { action: 'rules_saved', site, fields, undoes, actorId, now });
}

const orderField = 'rules.order';
const fieldOf = (name: SettableRule) => `rule.${name}`;

/** What differs between two states of the rules: as `rule.<name>`, and `rules.order`. */
export function changesBetween(present: readonly RuleChoice[], rules: readonly RuleChoice[]): ChangedFields {
  const [before, after] = [fieldsOf(present), fieldsOf(rules)];
  return Object.fromEntries(
    Object.keys(before)
      .filter((field) => !isDeepStrictEqual(before[field], after[field]))
      .map((field) => [field, { before: before[field] as SettingValue, after: after[field] as SettingValue }]),
  );
}

function fieldsOf(rules: readonly RuleChoice[]): Record<string, SettingValue> {
  return {
    ...Object.fromEntries(rules.map((rule) => [fieldOf(rule.name), rule])),
    [orderField]: rules.map(({ name }) => name),
  };
}

function rulesIn({ [orderField]: order, ...fields }: Record<string, SettingValue | undefined>): RuleChoice[] {
  return (order as SettableRule[]).map((name) => fields[fieldOf(name)] as RuleChoice);
}
