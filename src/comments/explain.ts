import type { Deciding } from '../events/deciding.ts';
import { explainRule } from '../events/explain-decision.ts';
import type { Message } from '../http/messages.ts';
import type { Verdict } from './judge.ts';

/** Why a comment is held or was published, for its writer and for moderators alike. */
export function explainVerdict(verdict: Pick<Verdict, 'rule' | 'numbers'>): Message {
  return explainRule(verdict);
}

/** Why a comment waits: it was reported, or what the rules said of it last. */
export function explainHold({
  deciding,
  judgement,
}: {
  deciding: Pick<Deciding, 'rule'> | undefined;
  judgement: Pick<Verdict, 'rule' | 'numbers'> | undefined;
}): Message[] {
  if (deciding?.rule?.rule === 'reports') return [explainRule(deciding.rule)];
  return judgement ? [explainVerdict(judgement)] : [];
}

/**
 * How long decisions usually take, rounded to what one can plan by.
 *
 * @param seconds undefined where nothing is known yet.
 */
export function explainWait(seconds: number | undefined): Message {
  if (seconds === undefined) return { key: 'wait.unknown' };
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return { key: 'wait.minutes', values: { minutes } };
  const hours = Math.round(minutes / 60);
  if (hours < 36) return { key: 'wait.hours', values: { hours } };
  return { key: 'wait.days', values: { days: Math.round(hours / 24) } };
}
