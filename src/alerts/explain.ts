import type { Deciding } from '../events/deciding.ts';
import { describeEvent } from '../events/describe.ts';
import { explainRule } from '../events/explain-decision.ts';
import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';

/** Why a comment waits: the rule that holds it, or who had it wait again. */
export function explainWaiting(deciding: Deciding | undefined, dates: Dates): Message | undefined {
  if (!deciding) return undefined;
  const { rule, action, actorName, decidedAt } = deciding;
  if (rule) return explainRule(rule);
  return describeEvent({ action, actor_name: actorName, created_at: decidedAt, rule: null }, dates);
}
