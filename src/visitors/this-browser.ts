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

/**
 * The browser that a request comes from, if it has shown itself before; its answer is its own.
 *
 * @returns the id of its row.
 */
export async function identifyBrowser(
  { db, now, cookies }: Pick<AppContext, 'db' | 'now'> & { cookies: VisitorCookies },
  request: Request,
  response: Response,
): Promise<number | undefined> {
  markPrivate(response);
  const id = readVisitor(request, cookies);
  return id !== undefined && (await noteBrowser(db, { id, now: now() })) ? id : undefined;
}
