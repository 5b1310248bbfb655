import type { Message, MessageKey } from '../http/messages.ts';
import type { AppliedRule, Deciding } from './deciding.ts';

/** What a rule says of itself, to the writer of a comment and to moderators alike. */
export function explainRule({ rule, numbers }: AppliedRule): Message {
  return { key: `rule.${rule}` as MessageKey, values: numbers };
}

/** Why a comment was rejected or taken down: the reason that was given, and the part that a rule had in it. */
export function explainDecision(deciding: Pick<Deciding, 'reason' | 'heldBy'> | undefined): Message[] {
  if (!deciding) return [];
  const { reason, heldBy } = deciding;
  return [
    reason === '' ? { key: 'decision.noReason' } : { key: 'own.reason', values: { reason } },
    ...(heldBy
      ? [{ key: 'decision.heldBefore' as const }, explainRule(heldBy)]
      : [{ key: 'decision.noRule' as const }]),
  ];
}
