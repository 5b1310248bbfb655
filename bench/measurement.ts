import type { GoalName } from './goals.ts';
import type { BenchPostgres } from './processes/postgres.ts';

/** One number that a measurement found. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** What a measurement found. */
export interface Findings {
  /** For each goal that it is about, the value, and what must hold beside it. */
  readonly values: Readonly<Partial<Record<GoalName, { readonly value: number; readonly besides?: boolean }>>>;
  /** What else is worth knowing. */
  readonly further: readonly Figure[];
}

/** Where a measurement takes place. */
export interface Ground {
  readonly postgres: BenchPostgres;
  /** How long one round of a load lasts, in seconds. */
  readonly seconds: number;
  /** How long the mixed load lasts, in minutes. */
  readonly minutes: number;
}

/** One kind of measurement. It starts the servers that it needs, and stops them. */
export interface Measurement {
  readonly names: readonly GoalName[];
  /** Sizes of the conversations that it reads: comments. Each stands under `/posts/thread-of-<size>`. */
  readonly threads: readonly number[];
  measure(ground: Ground): Promise<Findings>;
}
