import type { Measurement } from '../measurement.ts';
import { cachedPages } from './cached-pages.ts';
import { firstLoad } from './first-load.ts';
import { judging } from './judging.ts';
import { memory } from './memory.ts';
import { ownPage } from './own-page.ts';
import { posting } from './posting.ts';
import { queue } from './queue.ts';
import { rendering } from './rendering.ts';
import { replay } from './replay.ts';
import { stream } from './stream.ts';
import { visibleElsewhere } from './visible-elsewhere.ts';

/** Every measurement, in the order in which they run: those that fill the database with more come last. */
export const measurements: readonly Measurement[] = [
  cachedPages,
  ownPage,
  rendering,
  firstLoad,
  visibleElsewhere,
  posting,
  memory,
  judging,
  stream,
  queue,
  replay,
];
