import type { Message } from '../http/messages.ts';
import type { AnsweredReport } from './queries.ts';

type Answered = Pick<AnsweredReport, 'outcome' | 'kind' | 'law' | 'reason'>;

/**
 * What whoever reported a comment is told: that it is open, or what was decided. Of what is said to be illegal it is a
 * statement of reasons: what was decided, by whom, on what ground, and what can be done against it.
 *
 * @param publicly in the site's words alone: for mail to an address that nobody has proved.
 */
export function stateOutcome(report: Answered, { publicly }: { publicly: boolean }): Message[] {
  const { outcome, kind, law, reason } = report;
  if (outcome === null) return [{ key: 'report.state.open' }];
  const decided: Message = { key: `report.state.${outcome}` };
  if (kind !== 'illegal' || outcome === 'gone') return [decided];
  const ground: Message = { key: `statement.ground.${outcome}`, values: { law: law ?? '' } };
  const given: Message[] = reason === '' ? [] : [{ key: 'own.reason', values: { reason } }];
  return [decided, ...(publicly ? [] : [ground, ...given]), { key: 'statement.byPerson' }, { key: 'statement.object' }];
}
