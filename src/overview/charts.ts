import type { MessageKey } from '../http/messages.ts';
import type { Frame } from '../http/render.ts';
import { type Chart, drawDayBars, drawLines, drawNamedBars } from './chart.ts';
import { type DayCount, type Figures, highestDay } from './figures.ts';
import { inUnit, spanOf, unitFor } from './spans.ts';

/** A chart with what it says, in words and in numbers. */
export interface ToldChart {
  readonly name: ChartName;
  /** The main statement, one sentence. */
  readonly statement: string;
  /** Draws it; undefined where there is nothing to draw. */
  readonly draw: (() => Chart) | undefined;
  /** The same numbers: the heads of the columns, and the rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The charts, in the order in which they are shown. Each has an address of its own. */
export const chartNames = ['decision-time', 'workload', 'overturned', 'appeals', 'spam'] as const;

/** The name of a chart. */
export type ChartName = (typeof chartNames)[number];

/** So many people have a bar of their own; the table lists all. */
const mostBars = 12;

type Words = Pick<Frame, 't' | 'language'>;

/** Words the charts, and makes them ready to be drawn. */
export function tellCharts(figures: Figures, words: Words): ToldChart[] {
  return [
    tellWaits(figures, words),
    tellWorkload(figures, words),
    tellOverturned(figures, words),
    tellAppeals(figures, words),
    tellSpam(figures, words),
  ];
}

function tellWaits({ waits, waitsByDay }: Figures, words: Words): ToldChart {
  const { t } = words;
  const { count, day } = formatsOf(words);
  const span = (seconds: number) => t('overview.span', spanOf(seconds));
  const unit = unitFor(Math.max(0, ...waitsByDay.map((each) => each.waits?.p95 ?? 0)));
  const valuesOf = (which: 'median' | 'p95') => waitsByDay.map((each) => each.waits && inUnit(each.waits[which], unit));
  const days = waitsByDay.map((each) => each.day);
  const lines = [
    { name: t('overview.p95'), kind: 'beside', values: valuesOf('p95') },
    { name: t('overview.median'), kind: 'main', values: valuesOf('median') },
  ] as const;
  const axis = { place: day, value: (value: number) => t('overview.axis', { unit, count: value }) };
  return {
    name: 'decision-time',
    statement: waits
      ? t('overview.waits', { count: waits.count, median: span(waits.median), nearlyAll: span(waits.p95) })
      : t('overview.waits.none'),
    draw: waits && (() => drawLines(days, lines, axis)),
    columns: columnsOf(t, ['overview.day', 'overview.decisions', 'overview.median', 'overview.p95']),
    rows: waitsByDay.map((each) => [
      day(each.day),
      count(each.waits?.count ?? 0),
      each.waits ? span(each.waits.median) : '–',
      each.waits ? span(each.waits.p95) : '–',
    ]),
  };
}

function tellWorkload({ workload, decided }: Figures, words: Words): ToldChart {
  const { t } = words;
  const { count } = formatsOf(words);
  const [busiest] = workload;
  return {
    name: 'workload',
    statement: busiest
      ? t('overview.workload', { name: busiest.name, count: busiest.count, total: decided })
      : t('overview.workload.none'),
    draw: busiest && (() => drawNamedBars(workload.slice(0, mostBars), count)),
    columns: columnsOf(t, ['overview.moderator', 'overview.decisions']),
    rows: workload.map((each) => [each.name, count(each.count)]),
  };
}

function tellOverturned({ overturned, decided, overturnedByDay }: Figures, words: Words): ToldChart {
  const statement = words.t('overview.overturned', { count: overturned, total: decided, all: decided });
  return { name: 'overturned', statement, ...tellDays(overturnedByDay, 'overview.undone', words) };
}

function tellAppeals({ appeals, granted, grantedByDay }: Figures, words: Words): ToldChart {
  const statement = words.t('overview.appeals', { count: granted, total: appeals, all: appeals });
  return { name: 'appeals', statement, ...tellDays(grantedByDay, 'overview.granted', words) };
}

function tellSpam({ spam, spamByDay }: Figures, words: Words): ToldChart {
  const { t } = words;
  const highest = highestDay(spamByDay);
  const most = { day: highest ? formatsOf(words).day(highest.day) : '', most: highest?.count ?? 0 };
  const statement = t('overview.spam', { count: spam, ...most });
  return { name: 'spam', statement, ...tellDays(spamByDay, 'overview.spamColumn', words) };
}

function tellDays(counts: readonly DayCount[], column: MessageKey, words: Words) {
  const { count, day } = formatsOf(words);
  const any = counts.some((each) => each.count > 0);
  return {
    draw: any ? () => drawDayBars(counts, { place: day, value: count }) : undefined,
    columns: columnsOf(words.t, ['overview.day', column]),
    rows: counts.map((each) => [day(each.day), count(each.count)]),
  };
}

function columnsOf(t: Frame['t'], keys: readonly MessageKey[]): string[] {
  return keys.map((key) => t(key));
}

function formatsOf({ language }: Words) {
  const locale = language === 'en' ? 'en-GB' : language;
  const numbers = new Intl.NumberFormat(locale);
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return { count: (value: number) => numbers.format(value), day: (day: string) => days.format(new Date(day)) };
}
