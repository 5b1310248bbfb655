import pgStore from 'connect-pg-simple';
import type { Express, Request, RequestHandler, Response } from 'express';
import session, { type Store } from 'express-session';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Changes } from '../changes/changes.ts';
import { readCookie } from './cookies.ts';
import type { Notice } from './notice.ts';

const opening = Symbol('opening');

declare module 'express-serve-static-core' {
  interface Request {
    /** What gives the request a session. */
    [opening]?: RequestHandler;
  }
}

declare module 'express-session' {
  interface SessionData {
    accountId: number;
    /** ISO 8601. */
    signedInAt: string;
    /** What the browser called itself at sign-in, to tell sessions apart. */
    userAgent: string;
    /** Said on the next page, once. */
    notice: Notice;
  }
}

const PostgresStore = pgStore(session);
const sessionDays = 30;

/** So many milliseconds may a session end too early, of the days that it lasts. */
const touchedFor = 3_600_000;

/**
 * Sessions of the staff, kept in Postgres. A visitor who never signs in gets no cookie, and no query is made for one; nor is
 * a session made up to be thrown away: a request that brings none has none, until `openSession`.
 *
 * @param secure whether the site is reached by https: then the cookie is bound to it.
 * @param secret signs the cookie; the same for all processes.
 */
export function sessions({ pool, secret, secure }: { pool: pg.Pool; secret: Buffer; secure: boolean }): RequestHandler {
  const name = sessionCookie(secure);
  const open = session({
    name,
    secret: secret.toString('hex'),
    resave: false,
    saveUninitialized: false,
    rolling: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure, maxAge: sessionDays * 86_400_000, path: '/' },
    store: sessionStore(pool),
  });
  return (request, response, next) => {
    request[opening] = open;
    if (readCookie(request, name) === undefined) next();
    else open(request, response, next);
  };
}

/** Gives a request a session where it has none, before anything is kept in it. */
export async function openSession(request: Request): Promise<void> {
  const { [opening]: open, res: response, session } = request;
  if (session || !open || !response) return;
  await new Promise<void>((resolve, reject) => {
    open(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}

/**
 * Has the site redirect without a body. An answer with one is on its way before the session is stored, and a browser that follows at
 * once would come back as a stranger; one without waits. After a write it also waits until this process knows what was
 * changed, so that who follows finds it.
 */
export function redirectAfterSaving(app: Express, changes: Pick<Changes, 'caughtUp'>): void {
  app.response.redirect = function redirect(this: Response, ...target: [status: number | string, url?: string]) {
    const [status, url] = target.length === 1 ? [302, target[0]] : target;
    this.status(Number(status)).location(String(url));
    const { method } = this.req;
    if (method === 'GET' || method === 'HEAD') this.end();
    else void changes.caughtUp().then(() => this.end());
  };
}

/** The session cookie's name; `__Host-` keeps other hosts of the domain from setting it. */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-session' : 'session';
}

/**
 * A session begins where `regenerate` gives it its id, and from then on is only changed. The library's store would put
 * back what was ended in the meantime: a request under way while a password is changed keeps its session to itself
 * until its end, and saves it then.
 */
function sessionStore(pool: pg.Pool): Store {
  const store = new PostgresStore({ pool, tableName: 'session', pruneSessionInterval: false });
  const get = store.get.bind(store);
  // The middleware takes ENOENT for a session that does not exist. Here it is the database's socket.
  store.get = (id, callback) =>
    get(id, (error, data) => {
      if (error?.code === 'ENOENT') error.code = 'ECONNREFUSED';
      callback(error, data);
    });
  // A session lasts for days from when it was last used: to say so with each page would have each page wait for the disk.
  const touch = store.touch?.bind(store);
  const touched = new LRUCache<string, true>({ max: 1_000, ttl: touchedFor });
  store.touch = (id, data, callback) => {
    if (touched.has(id)) return callback?.();
    touched.set(id, true);
    touch?.(id, data, callback);
  };
  const regenerate = store.regenerate.bind(store);
  store.regenerate = (request, callback) => {
    regenerate(request, (error) => {
      if (error) return callback(error);
      pool
        .query("insert into session (sid, sess, expire) values ($1, '{}', $2)", [
          request.sessionID,
          request.session.cookie.expires,
        ])
        .then(() => callback(), callback);
    });
  };
  store.set = (id, data, callback) => {
    pool
      .query('update session set sess = $2, expire = coalesce($3, expire) where sid = $1', [
        id,
        JSON.stringify(data),
        data.cookie.expires,
      ])
      .then(() => callback?.(), callback);
  };
  return store;
}
