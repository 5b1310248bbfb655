import type { Rule } from '../rules/rule.ts';
import type { Facts } from './judge.ts';
import type { Submission, Unasked } from './submission.ts';

/**
 * Whether a service elsewhere is to be asked before these rules judge. Known only among locks, and no lock is held while somebody
 * waits for the network: so what was to be stored is sent back, and comes again with what was said.
 */
export function unaskedBy(rules: readonly Rule[], outside: Submission['outside']): Unasked | undefined {
  if (outside !== 'unasked') return undefined;
  const rule = rules.find((each) => each.name === 'outside');
  return rule && rule.settings.url !== '' ? { kind: 'unasked', settings: rule.settings } : undefined;
}

/** What was said, as a fact; none where nothing was. */
export function outsideFact(outside: Submission['outside']): Pick<Facts, 'outside'> {
  return outside === undefined || outside === 'nothing' || outside === 'unasked' ? {} : { outside };
}
