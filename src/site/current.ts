import type { Response } from 'express';
import type { Site } from './table.ts';

/** The settings of the site, as this request found them. */
export function siteOf(response: Response): Site {
  return response.locals.site as Site;
}

/** Puts the settings where the rest of this request finds them. */
export function setSite(response: Response, site: Site): void {
  response.locals.site = site;
}
