import type { Kysely, Transaction } from 'kysely';
import { takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import type { Conversation } from '../posts/table.ts';
import { defaultRules, type RuleSwitches, type SettableRule } from '../rules/rule.ts';
import { isAbove, whoSetLast } from './above.ts';
import type { Moderator } from './moderator.ts';

/** How events write down what a conversation says of a rule: on, off, or nothing of its own. */
const [on, off, asSite] = [1, 0, -1];

/** What an event changed of one rule; undefined: as the site says. */
export interface SwitchChange {
  readonly rule: SettableRule;
  readonly before: boolean | undefined;
  readonly after: boolean | undefined;
}

/**
 * Switches rules on or off for one conversation. Replies that are being judged still go by what held before.
 *
 * @param switches all that the conversation says otherwise than its site.
 * @returns the id of the event that says so; `unchanged` where it is so already; `above` where a moderator of all posts has
 * switched them, and an author changes nothing about that.
 */
export function setRuleSwitches(
  db: Kysely<Database>,
  {
    conversationId,
    switches,
    moderator,
    now,
  }: { conversationId: number; switches: RuleSwitches; moderator: Moderator; now: Date },
): Promise<number | 'unchanged' | 'above'> {
  return db.transaction().execute(async (trx) => {
    const { rule_switches: before } = await takeConversation(trx, conversationId);
    const changes = changesBetween(before, switches);
    if (changes.length === 0) return 'unchanged';
    const by = await whoSetLast(trx, { conversationId, number: 'switched' });
    if (await isAbove(trx, { by, moderator })) return 'above';
    await storeSwitches(trx, { conversationId, switches });
    const subject = { subjectKind: 'conversation', subjectId: conversationId, action: 'set_rules' } as const;
    return await recordEvent(trx, { ...subject, numbers: numbersOf(changes), actorId: moderator.viewer.id, now });
  });
}

/**
 * Takes back a change of the switches, or the undo of one.
 *
 * @param conversation taken by `takeConversation`.
 * @returns the id of the event that says so; undefined where one of these rules is not switched as the event left it.
 */
export async function takeBackSwitches(
  trx: Transaction<Database>,
  {
    conversation: { id: conversationId, rule_switches: present },
    event,
    actorId,
    now,
  }: { conversation: Conversation; event: Pick<Event, 'id' | 'numbers'>; actorId: number; now: Date },
): Promise<number | undefined> {
  const changes = switchesIn(event);
  if (changes.some(({ rule, after }) => present[rule] !== after)) return undefined;
  const switches = { ...present, ...Object.fromEntries(changes.map(({ rule, before }) => [rule, before])) };
  await storeSwitches(trx, { conversationId, switches });
  const back = changes.map(({ rule, before, after }) => ({ rule, before: after, after: before }));
  const subject = { subjectKind: 'conversation', subjectId: conversationId, action: 'undo', undoes: event.id } as const;
  return await recordEvent(trx, { ...subject, numbers: numbersOf(back), actorId, now });
}

/** What an event changed of the rules of a conversation; empty where it did not. */
export function switchesIn({ numbers }: Pick<Event, 'numbers'>): SwitchChange[] {
  return defaultRules.flatMap(({ name: rule }) => {
    const [before, after] = [numbers[`${rule}_before`], numbers[`${rule}_after`]];
    return before === undefined || after === undefined
      ? []
      : [{ rule, before: toSwitch(before), after: toSwitch(after) }];
  });
}

function changesBetween(before: RuleSwitches, after: RuleSwitches): SwitchChange[] {
  return defaultRules
    .map(({ name: rule }) => ({ rule, before: before[rule], after: after[rule] }))
    .filter((change) => change.before !== change.after);
}

function numbersOf(changes: readonly SwitchChange[]): Record<string, number> {
  return {
    switched: changes.length,
    ...Object.fromEntries(
      changes.flatMap(({ rule, before, after }) => [
        [`${rule}_before`, toNumber(before)],
        [`${rule}_after`, toNumber(after)],
      ]),
    ),
  };
}

function toNumber(value: boolean | undefined): number {
  return value === undefined ? asSite : value ? on : off;
}

function toSwitch(number: number): boolean | undefined {
  return number === asSite ? undefined : number === on;
}

async function storeSwitches(
  trx: Transaction<Database>,
  { conversationId, switches }: { conversationId: number; switches: RuleSwitches },
): Promise<void> {
  await trx
    .updateTable('conversation')
    .set({ rule_switches: JSON.stringify(switches) })
    .where('id', '=', conversationId)
    .execute();
}
