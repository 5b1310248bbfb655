import type { Kysely } from 'kysely';
import request, { type Response, type Test } from 'supertest';
import { hashPassword } from '../../src/accounts/passwords.ts';
import type { Database } from '../../src/database.ts';
import { fromOwnPage, type TestSite } from '../support/site.ts';

/** Long enough, and nobody else's. */
export const goodPassword = 'seven grey herons wait';

/** Reads a page, with a session's cookie or without. */
export function get(site: TestSite, path: string, cookie = ''): Test {
  return request(site.app).get(path).set('Cookie', cookie);
}

/** Sends a form of the site's own, as a browser does. */
export function post(site: TestSite, path: string, fields: Record<string, string> = {}, cookie = ''): Test {
  return request(site.app).post(path).set(fromOwnPage).set('Cookie', cookie).type('form').send(fields);
}

/** The session cookie that an answer sets, ready for the next request; undefined where it sets none. */
export function cookieOf(response: Response): string | undefined {
  const cookies = response.get('Set-Cookie') ?? [];
  return cookies.map((cookie) => cookie.split(';')[0]).find((cookie) => cookie?.startsWith('session='));
}

/** Signs in with address and password, and gives the cookie. */
export async function signInAs(site: TestSite, email: string, password = goodPassword): Promise<string> {
  const cookie = cookieOf(await post(site, '/sign-in', { email, password }).expect(303));
  if (!cookie) throw new Error('Signing in set no cookie.');
  return cookie;
}

/** Lets an account that a test made sign in with `goodPassword`. @returns its address. */
export async function givePassword(db: Kysely<Database>, id: number, password = goodPassword): Promise<string> {
  const { email } = await db
    .updateTable('account')
    .set({ password_hash: await hashPassword(password) })
    .where('id', '=', id)
    .returning('email')
    .executeTakeFirstOrThrow();
  return email ?? '';
}

/** The path of the link in the last mail to an address. */
export async function mailedPath(db: Kysely<Database>, recipient: string): Promise<string> {
  const mail = await db
    .selectFrom('mail')
    .select('body')
    .where('recipient', '=', recipient)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return new URL(/https?:\/\/\S+/.exec(mail.body ?? '')?.[0] ?? '').pathname;
}

/** What was written down about accounts and settings, oldest first. */
export function recordedEvents(db: Kysely<Database>) {
  return db
    .selectFrom('event')
    .select(['subject_kind', 'subject_id', 'action', 'from_status', 'to_status', 'actor_id', 'numbers'])
    .where('subject_kind', 'in', ['account', 'site'])
    .orderBy('id')
    .execute();
}
