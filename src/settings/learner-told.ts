import type { Frame } from '../http/render.ts';
import { type Judged, type Outcome, outcomeFrom } from '../learner/held-out.ts';
import { type Chart, drawLines } from '../overview/chart.ts';
import type { Thresholds } from './learner-thresholds.ts';

/** Scores for which the page says what is right and wrong from them on, in hundredths. */
const told = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 99] as const;

/** The one that the sentence over the chart names. */
const named = 90;

type Words = Pick<Frame, 't' | 'language'>;

/** What would have been right and wrong from a score on. */
interface Row extends Outcome {
  readonly from: number;
}

/** What held-out decisions say, ready to print and to draw. */
export interface ToldOutcomes {
  /** The main statement, one sentence. */
  readonly statement: string;
  readonly rows: readonly Row[];
  readonly draw: () => Chart;
}

/** Words what would have been right and wrong, for each of several scores. */
export function tellOutcomes(judged: readonly Judged[], { t, language }: Words): ToldOutcomes {
  const rows = told.map((from) => ({ from, ...outcomeAt(from, judged) }));
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const share = (part: number, rest: number) => part / Math.max(1, part + rest);
  const { found, missed, wronged, spared } = outcomeAt(named, judged);
  const lines = [
    {
      name: t('learner.line.wronged'),
      kind: 'beside',
      values: rows.map((row) => share(row.wronged, row.spared) * 100),
    },
    { name: t('learner.line.found'), kind: 'main', values: rows.map((row) => share(row.found, row.missed) * 100) },
  ] as const;
  return {
    statement: t('learner.statement', {
      from: named,
      found: percent.format(share(found, missed)),
      wronged,
      all: wronged + spared,
    }),
    rows,
    draw: () =>
      drawLines(told.map(String), lines, { place: (from) => from, value: (value) => percent.format(value / 100) }),
  };
}

/** Says what the thresholds that are set would have done: a sentence each. */
export function tellThresholds(
  { held: holdFrom, spam: spamFrom }: Thresholds,
  { judged, t }: { judged: readonly Judged[]; t: Frame['t'] },
): string[] {
  if (holdFrom === null && spamFrom === null) return [t('learner.nothingSet')];
  const marked = outcomeAt(spamFrom, judged);
  const reached = outcomeAt(
    holdFrom === null || (spamFrom !== null && spamFrom < holdFrom) ? spamFrom : holdFrom,
    judged,
  );
  const held = { found: reached.found - marked.found, wronged: reached.wronged - marked.wronged };
  return [
    ...(spamFrom === null ? [] : [t('learner.spamFrom', { from: spamFrom, ...marked })]),
    ...(holdFrom === null ? [] : [t('learner.holdFrom', { from: holdFrom, ...held })]),
    t('learner.rest', { missed: reached.missed, spared: reached.spared }),
  ];
}

// What is not set nothing reaches.
function outcomeAt(hundredths: number | null, judged: readonly Judged[]): Outcome {
  return outcomeFrom(hundredths === null ? Number.POSITIVE_INFINITY : hundredths / 100, judged);
}
