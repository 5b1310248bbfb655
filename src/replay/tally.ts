import { isOtherwise } from './decided.ts';
import type { Changed, Count, Replayed, Tally, VerdictStatus } from './result.ts';

/** What can be decided, in the order in which it is told. */
export const verdictStatuses: readonly VerdictStatus[] = ['approved', 'pending', 'spam'];

/** So many comments of each kind of change are named. */
export const mostNamed = 100;

const none: Count = { all: 0, otherwise: 0 };
const noCounts: Tally['before'] = { approved: none, pending: none, spam: none };

/** Nothing was judged yet. */
export const emptyTally: Tally = {
  judged: 0,
  erased: 0,
  decided: 0,
  before: noCounts,
  after: noCounts,
  changed: verdictStatuses.flatMap((from) =>
    verdictStatuses.flatMap((to) => (from === to ? [] : [{ from, to, ...none, against: [], others: [] }])),
  ),
};

/** Counts some more, older than what was counted so far. */
export function countMore(
  tally: Tally,
  { replayed, erased }: { replayed: readonly Replayed[]; erased: number },
): Tally {
  return {
    judged: tally.judged + replayed.length,
    erased: tally.erased + erased,
    decided: tally.decided + replayed.filter(({ decided }) => decided !== undefined).length,
    before: countRulings(tally.before, replayed, 'before'),
    after: countRulings(tally.after, replayed, 'after'),
    changed: tally.changed.map((changed) => countChanged(changed, replayed)),
  };
}

/** Comments that would meet another verdict, of all kinds. */
export function sumChanged({ changed }: Tally): Count {
  return {
    all: changed.reduce((sum, { all }) => sum + all, 0),
    otherwise: changed.reduce((sum, { otherwise }) => sum + otherwise, 0),
  };
}

function countRulings(
  counts: Tally['before'],
  replayed: readonly Replayed[],
  when: 'before' | 'after',
): Tally['before'] {
  const count = (status: VerdictStatus): Count => {
    const met = replayed.filter((each) => each[when].status === status);
    const otherwise = met.filter(({ decided }) => isOtherwise(status, decided));
    return { all: counts[status].all + met.length, otherwise: counts[status].otherwise + otherwise.length };
  };
  return { approved: count('approved'), pending: count('pending'), spam: count('spam') };
}

function countChanged(changed: Changed, replayed: readonly Replayed[]): Changed {
  const { from, to } = changed;
  const more = replayed.filter(({ before, after }) => before.status === from && after.status === to);
  const [against, others] = [true, false].map((wanted) =>
    more.filter(({ decided }) => isOtherwise(to, decided) === wanted),
  ) as [Replayed[], Replayed[]];
  return {
    ...changed,
    all: changed.all + more.length,
    otherwise: changed.otherwise + against.length,
    against: [...changed.against, ...against].slice(0, mostNamed),
    others: [...changed.others, ...others].slice(0, mostNamed),
  };
}
