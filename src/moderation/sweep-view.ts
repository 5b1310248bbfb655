import type { Message, MessageKey } from '../http/messages.ts';
import type { SweepAdvance } from './sweep-queries.ts';
import type { Sweep } from './table.ts';

/** How far a decision on all that match has come. */
export interface SweepProgress {
  readonly href: string;
  readonly state: Sweep['state'];
  /** What it does, and how far it is. */
  readonly words: Message;
  readonly expected: number;
  readonly decided: number;
  /** What it did, where it has ended; also what was passed over, or left as it was. */
  readonly outcome: readonly Message[];
}

/** Makes ready to print how far a sweep has come. */
export function presentProgress({ id, action, state, expected, decided }: SweepAdvance): SweepProgress {
  return {
    href: `/moderation/sweeps/${id}`,
    state,
    words: { key: `sweep.doing.${action}` as MessageKey, values: { decided, expected } },
    expected,
    decided,
    outcome: outcomeOf({ action, state, expected, decided }),
  };
}

function outcomeOf({ action, state, expected, decided }: Omit<SweepAdvance, 'id'>): Message[] {
  const count = Math.max(0, expected - decided);
  if (state === 'running') return [];
  const done: Message = { key: `done.${action}`, values: { count: decided } };
  const rest: Message = { key: state === 'done' ? 'sweep.passedOver' : 'sweep.leftAlone', values: { count } };
  return [...(decided > 0 ? [done] : [{ key: 'sweep.nothing' } as const]), ...(count > 0 ? [rest] : [])];
}
