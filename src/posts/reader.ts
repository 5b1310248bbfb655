import type { Response } from 'express';
import { viewerOf, viewerReach } from '../accounts/viewer.ts';
import type { Reader } from './reading.ts';

/** Who reads, as far as it decides which posts they may see. */
export function readerOf(response: Response): Reader {
  return { id: viewerOf(response)?.id, mayWrite: viewerReach(response, 'write') };
}
