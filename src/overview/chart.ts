import { type ScaleLinear, scaleBand, scaleLinear, scalePoint } from 'd3-scale';
import { line } from 'd3-shape';

/** A chart as it is drawn: shapes and words, in units of which one is a pixel on a phone. */
export interface Chart {
  readonly width: number;
  readonly height: number;
  /** Horizontal lines that help to read heights. */
  readonly rules: readonly number[];
  readonly bars: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly lines: readonly { readonly path: string; readonly kind: LineKind }[];
  readonly dots: readonly { readonly x: number; readonly y: number; readonly kind: LineKind }[];
  readonly words: readonly Words[];
}

/** What a line is to the chart: its message, or what stands beside it. */
export type LineKind = 'main' | 'beside';

interface Words {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly kind: LineKind | 'axis';
}

const width = 328;
const edges = { top: 20, right: 8, bottom: 24, left: 52 };
const height = 200;
const [bottom, right] = [height - edges.bottom, width - edges.right];

/** How the axes of a chart are worded. */
export interface AxisWords {
  readonly place: (place: string) => string;
  readonly value: (value: number) => string;
}

/** A bar for each day; the highest one says its number. */
export function drawDayBars(
  counts: readonly { readonly day: string; readonly count: number }[],
  words: AxisWords,
): Chart {
  const days = counts.map(({ day }) => day);
  const x = scaleBand(days, [edges.left, right]).padding(0.2);
  const y = heightScale(Math.max(0, ...counts.map(({ count }) => count)));
  const highest = counts.reduce((most, each) => (each.count > most.count ? each : most), { day: '', count: 0 });
  const middle = (day: string) => (x(day) ?? 0) + x.bandwidth() / 2;
  return {
    ...framed(y),
    bars: counts
      .filter(({ count }) => count > 0)
      .map(({ day, count }) => box(x(day) ?? 0, y(count), x.bandwidth(), bottom - y(count))),
    words: [
      ...heightWords(y, words),
      ...placeWords(days, middle, words),
      ...(highest.count > 0
        ? [wordsAt(middle(highest.day), y(highest.count) - 4, words.value(highest.count), 'middle', 'main')]
        : []),
    ],
  };
}

/** Lines over places that follow each other, such as days, with gaps where there was nothing; each has its name. */
export function drawLines(
  places: readonly string[],
  lines: readonly {
    readonly name: string;
    readonly kind: LineKind;
    readonly values: readonly (number | undefined)[];
  }[],
  words: AxisWords,
): Chart {
  const x = scalePoint(places, [edges.left + 4, right - 4]);
  const y = heightScale(Math.max(0, ...lines.flatMap(({ values }) => values.flatMap((value) => value ?? []))));
  const drawn = lines.map(({ name, kind, values }) => {
    const points = places.map((place, index) => ({ x: x(place) ?? 0, value: values[index] }));
    const path = line<(typeof points)[number]>(
      (point) => round(point.x),
      (point) => round(y(point.value ?? 0)),
    ).defined(({ value }) => value !== undefined)(points);
    const dots = points.flatMap((point) =>
      point.value === undefined ? [] : [{ x: round(point.x), y: round(y(point.value)), kind }],
    );
    return { path: path ?? '', kind, dots, name };
  });
  return {
    ...framed(y),
    lines: drawn.map(({ path, kind }) => ({ path, kind })),
    dots: drawn.flatMap(({ dots }) => dots),
    words: [
      ...heightWords(y, words),
      ...placeWords(places, (place) => x(place) ?? 0, words),
      ...apart(drawn.flatMap(({ name, kind, dots }) => nameAtItsHighest(name, kind, dots))),
    ],
  };
}

/** A lying bar for each name, the number behind it. */
export function drawNamedBars(
  counts: readonly { readonly name: string; readonly count: number }[],
  value: (value: number) => string,
): Chart {
  const row = 36;
  const x = scaleLinear([0, Math.max(0, ...counts.map(({ count }) => count))], [0, width - 56]);
  return {
    width,
    height: Math.max(1, counts.length) * row + 8,
    rules: [],
    bars: counts.map(({ count }, index) => box(0, index * row + 20, Math.max(1, x(count)), 12)),
    lines: [],
    dots: [],
    words: counts.flatMap(({ name, count }, index) => [
      wordsAt(0, index * row + 14, name, 'start', 'axis'),
      wordsAt(x(count) + 6, index * row + 31, value(count), 'start', 'main'),
    ]),
  };
}

function heightScale(most: number): ScaleLinear<number, number> {
  return scaleLinear([0, Math.max(most, 1)], [bottom, edges.top]).nice(4);
}

function framed(y: ScaleLinear<number, number>) {
  return { width, height, rules: ticksOf(y).map((tick) => round(y(tick))), bars: [], lines: [], dots: [] };
}

// What is counted is counted in whole numbers.
function ticksOf(y: ScaleLinear<number, number>): number[] {
  return y.ticks(4).filter(Number.isInteger);
}

function heightWords(y: ScaleLinear<number, number>, words: AxisWords): Words[] {
  return ticksOf(y).map((tick) => wordsAt(edges.left - 6, y(tick) + 4, words.value(tick), 'end', 'axis'));
}

function placeWords(places: readonly string[], at: (place: string) => number, words: AxisWords): Words[] {
  const [first, last] = [places[0], places.at(-1)];
  const middle = places[Math.floor(places.length / 2)];
  if (first === undefined || middle === undefined || last === undefined) return [];
  return [
    wordsAt(edges.left, height - 6, words.place(first), 'start', 'axis'),
    wordsAt(at(middle), height - 6, words.place(middle), 'middle', 'axis'),
    wordsAt(right, height - 6, words.place(last), 'end', 'axis'),
  ];
}

function nameAtItsHighest(name: string, kind: LineKind, dots: readonly { x: number; y: number }[]): Words[] {
  const highest = dots.toSorted((a, b) => a.y - b.y)[0];
  if (!highest) return [];
  const anchor = highest.x > (width * 2) / 3 ? 'end' : highest.x < width / 3 ? 'start' : 'middle';
  return [wordsAt(highest.x, highest.y - 7, name, anchor, kind)];
}

// Names that would stand in each other's way: the later one goes below its line.
function apart(names: readonly Words[]): Words[] {
  return names.map((name, index) => {
    const meets = names.slice(0, index).some(({ x, y }) => Math.abs(x - name.x) < 100 && Math.abs(y - name.y) < 14);
    return meets ? { ...name, y: round(name.y + 24) } : name;
  });
}

function wordsAt(x: number, y: number, text: string, anchor: Words['anchor'], kind: Words['kind']): Words {
  return { x: round(x), y: round(y), text, anchor, kind };
}

function box(x: number, y: number, wide: number, high: number) {
  return { x: round(x), y: round(y), width: round(wide), height: round(high) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
