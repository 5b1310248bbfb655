import type { Message, MessageKey } from '../http/messages.ts';
import type { AppliedRule, Deciding } from './deciding.ts';

// What sentences name by now, and rules of earlier versions did not say.
const unsaid = { needed: 1 };

/** What a rule says of itself, to the writer of a comment and to moderators alike. */
export function explainRule({ rule, numbers }: AppliedRule): Message {
  return { key: `rule.${rule}` as MessageKey, values: { ...unsaid, ...numbers } };
}

/** Why a comment was rejected or taken down: the reason that was given, and the part that a rule had in it, or all of it. */
export function explainDecision(
  deciding: Pick<Deciding, 'actorId' | 'rule' | 'reason' | 'heldBy'> | undefined,
): Message[] {
  if (!deciding) return [];
  const { actorId, rule, reason, heldBy } = deciding;
  if (actorId === null && rule) return [explainRule(rule)];
  return [
    reason === '' ? { key: 'decision.noReason' } : { key: 'own.reason', values: { reason } },
    ...(heldBy
      ? [{ key: 'decision.heldBefore' as const }, explainRule(heldBy)]
      : [{ key: 'decision.noRule' as const }]),
  ];
}
