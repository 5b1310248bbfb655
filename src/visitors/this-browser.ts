import type { Request, Response } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { markPrivate } from '../http/caching.ts';
import { noteBrowser } from './queries.ts';
import { readVisitor, type VisitorCookies } from './visitor.ts';

/** How this site signs its visitors' cookies. */
export function visitorCookies({ config, secrets }: Pick<AppContext, 'config' | 'secrets'>): VisitorCookies {
  return { secret: secrets.visitor, secure: publicAddress(config).startsWith('https:') };
}

/** What it takes to know a browser again. */
type Knowing = Pick<AppContext, 'db' | 'now'> & { readonly cookies: VisitorCookies };

/**
 * The browser that a request comes from, if it has shown itself before; its answer is its own.
 *
 * @returns the id of its row.
 */
export function identifyBrowser(context: Knowing, request: Request, response: Response): Promise<number | undefined> {
  markPrivate(response);
  return recogniseBrowser(context, request);
}

/** The same where the answer may be one for everyone. */
export async function recogniseBrowser({ db, now, cookies }: Knowing, request: Request): Promise<number | undefined> {
  const id = readVisitor(request, cookies);
  return id !== undefined && (await noteBrowser(db, { id, now: now() })) ? id : undefined;
}
