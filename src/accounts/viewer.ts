import type { RequestHandler, Response } from 'express';
import type { Kysely } from 'kysely';
import { directRows, type RowCache } from '../cache/row-cache.ts';
import type { Database } from '../database.ts';
import { markPrivate } from '../http/caching.ts';
import { forbidden, notFound } from '../http/errors.ts';
import { siteOf } from '../site/current.ts';
import { type Permission, type Reach, reachOf } from './permissions.ts';
import { findActiveAccount } from './queries.ts';
import type { Role } from './table.ts';

/** Who is signed in, as far as pages need to know. */
export interface Viewer {
  readonly id: number;
  readonly handle: string;
  readonly name: string;
  readonly role: Role;
}

/** Finds out who is signed in, by the session. A disabled person is nobody. */
export function identifyViewer(db: Kysely<Database>): RequestHandler {
  return async (request, response, next) => {
    const accountId = request.session?.accountId;
    if (accountId !== undefined) {
      response.locals.viewer = await findActiveAccount(db, accountId);
      markPrivate(response);
    }
    next();
  };
}

/** Who is signed in; undefined for a visitor. */
export function viewerOf(response: Response): Viewer | undefined {
  return response.locals.viewer as Viewer | undefined;
}

/** Where to read what is kept in memory: the staff see at once what they changed, in whatever process they did. */
export function rowsFor(response: Response, rows: RowCache): RowCache {
  return viewerOf(response) ? directRows : rows;
}

/** How far a permission of whoever is signed in reaches. */
export function viewerReach(response: Response, permission: Permission): Reach {
  const site = siteOf(response);
  return reachOf(viewerOf(response)?.role, permission, {
    authorsModerate: site.authors_moderate,
    authorsRemove: site.authors_remove,
    authorsPin: site.authors_pin,
    authorsClose: site.authors_close,
  });
}

/** Whether a permission of whoever is signed in reaches a post: all posts, or as one of its authors. */
export function reachesPost(
  response: Response,
  permission: Permission,
  { authors }: { authors: readonly { readonly id: number }[] },
): boolean {
  const reach = viewerReach(response, permission);
  const viewer = viewerOf(response);
  return reach === 'all' || (reach === 'own' && authors.some(({ id }) => id === viewer?.id));
}

/**
 * Lets through whoever is signed in and has the permission, at least over what is their own. A visitor who wants to read
 * is sent to sign in; who may not see a page is told that there is none.
 */
export function requirePermission(permission: Permission): RequestHandler {
  return (request, response, next) => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (!viewerOf(response)) {
      if (!reading) throw forbidden({ key: 'error.signInFirst' });
      return response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
    }
    if (viewerReach(response, permission) !== 'none') return next();
    throw reading ? notFound() : forbidden({ key: 'error.notYourRole' });
  };
}

/** Lets through whoever is signed in. */
export const requireSignIn: RequestHandler = (request, response, next) => {
  if (viewerOf(response)) return next();
  if (request.method !== 'GET' && request.method !== 'HEAD') throw forbidden({ key: 'error.signInFirst' });
  response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
};

/** Who is signed in, behind `requireSignIn` or `requirePermission`. */
export function signedInViewer(response: Response): Viewer {
  const viewer = viewerOf(response);
  if (!viewer) throw new Error('This route stands behind requireSignIn.');
  return viewer;
}
