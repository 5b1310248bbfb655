import type { Measurement } from './load.ts';

/** What was measured under one name, beside the bare server that answers the same. */
export interface Row {
  readonly name: string;
  readonly own: Measurement;
  readonly bare: Measurement;
}

/** One number of a run, for machines to compare. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Prints a run for people. */
export function printTable(rows: readonly Row[]): void {
  const heads = ['', 'requests/s', 'p50 ms', 'p99 ms', 'bytes', 'CPU µs', 'bare/s', 'bare CPU µs', 'bare CPU ÷ own'];
  const lines = rows.map(({ name, own, bare }) => [
    name,
    own.perSecond.toFixed(0),
    own.p50.toFixed(1),
    own.p99.toFixed(1),
    String(own.bytes),
    own.cpu.toFixed(0),
    bare.perSecond.toFixed(0),
    bare.cpu.toFixed(0),
    (bare.cpu / own.cpu).toFixed(3),
  ]);
  const widths = heads.map((_, column) => Math.max(...[heads, ...lines].map((line) => line[column]?.length ?? 0)));
  for (const line of [heads, ...lines]) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}

/** The same, as single figures with names and units. */
export function toFigures(rows: readonly Row[]): Figure[] {
  return rows.flatMap(({ name, own, bare }) => [
    { name: `${name}-rate`, value: own.perSecond, unit: '1/s' },
    { name: `${name}-p50`, value: own.p50, unit: 'ms' },
    { name: `${name}-p99`, value: own.p99, unit: 'ms' },
    { name: `${name}-bytes`, value: own.bytes, unit: 'B' },
    { name: `${name}-cpu`, value: own.cpu, unit: 'µs' },
    { name: `${name}-bare-rate`, value: bare.perSecond, unit: '1/s' },
    { name: `${name}-bare-cpu`, value: bare.cpu, unit: 'µs' },
    { name: `${name}-cpu-ratio`, value: bare.cpu / own.cpu, unit: 'bare ÷ own' },
  ]);
}
