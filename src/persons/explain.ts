import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';
import type { ShutOut, Standing } from './standing.ts';

/** Tells somebody that they can write nothing at present, and until when. */
export function explainShutOut({ kind, endsAt }: ShutOut, dates: Dates): Message {
  return { key: `standing.shutOut.${kind}`, values: { until: dates.minute(endsAt) } };
}

/** Tells somebody how they are met at present, whatever that is, and until when if there is an end. */
export function explainStanding(standing: Standing, dates: Dates): Message {
  const { kind, endsAt } = standing;
  if (kind === 'timed_out' || kind === 'banned') return explainShutOut(standing, dates);
  return {
    key: `standing.mine.${kind}`,
    values: { ends: endsAt ? 'yes' : 'no', until: endsAt ? dates.minute(endsAt) : '' },
  };
}
