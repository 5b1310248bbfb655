import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { openPage, sendForm } from '../support/comments.ts';
import type { TestSite } from '../support/site.ts';

/** The path of the link in the last mail to an address. */
export async function mailedPath(db: Kysely<Database>, recipient: string): Promise<string> {
  const mail = await db
    .selectFrom('mail')
    .select('body')
    .where('recipient', '=', recipient)
    .where('body', 'like', '%/mine/proofs/%')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return new URL(/https?:\/\/\S+/.exec(mail.body ?? '')?.[0] ?? '').pathname;
}

/** Asks for a link in one browser. @returns its path, and the cookie of the browser that asked. */
export async function askForLink(
  site: TestSite,
  email: string,
  cookie?: string,
): Promise<{ path: string; cookie: string }> {
  const answer = await sendForm(site, '/mine/proofs', { email }, { cookie });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${answer.text}`);
  return { path: await mailedPath(site.db, email), cookie: answer.cookie || (cookie ?? '') };
}

/** Proves an address in a browser, new or known, by a mailed link. @returns the browser's cookie. */
export async function proveAddress(site: TestSite, email: string, cookie?: string): Promise<string> {
  const asked = await askForLink(site, email, cookie);
  const answer = await sendForm(site, asked.path, {}, { cookie: asked.cookie });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${answer.text}`);
  return asked.cookie;
}

/** The ids of the comments that a browser finds under `/mine`, as they stand there. */
export async function writtenOn(site: TestSite, cookie: string, path = '/mine'): Promise<number[]> {
  const { text } = await openPage(site, path, { cookie });
  return [...text.matchAll(/<article class="written" id="c(\d+)"/g)].map(([, id]) => Number(id));
}

/** Puts copies of a waiting comment beside it, past all rules. @returns their ids, in the order in which they came. */
export async function copyComment(db: Kysely<Database>, id: number, times: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    insert into comment (conversation_id, root_id, id, depth, path, status, shown, browser_id, name, email, email_proved,
      source, html, renderer_version, created_at)
    select conversation_id, copy.id, copy.id, 1, decode(lpad(to_hex(copy.id), 10, '0'), 'hex'), status, shown, browser_id,
      name, email, email_proved, source, html, renderer_version, created_at
    from comment, (select nextval('comment_id_seq')::integer as id from generate_series(1, ${times}::integer)) copy
    where comment.id = ${id}
    returning id`.execute(db);
  await sql`
    update conversation_count set waiting = waiting + ${times}
    where conversation_id = (select conversation_id from comment where id = ${id})`.execute(db);
  return rows.map((row) => row.id).sort((one, other) => one - other);
}
