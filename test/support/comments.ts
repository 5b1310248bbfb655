import { setTimeout } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import request from 'supertest';
import type { CommentStatus } from '../../src/comments/lifecycle.ts';
import type { Database } from '../../src/database.ts';
import type { SubjectKind } from '../../src/events/table.ts';
import { fromOwnPage, type TestSite } from './site.ts';

/** An answer of the site, as far as a test asks for it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the browser sends back from now on, ready for a Cookie header; empty: nothing was set. */
  readonly cookie: string;
}

/** The answer to a reply. */
export interface ReplyAnswer extends Answer {
  /** The comment that it leads to, if it leads to one. */
  readonly commentId: number | undefined;
}

/** Who asks: a Cookie header, and the address that a proxy would tell (the site needs `TRUST_PROXY`). */
export interface Asker {
  readonly cookie?: string | undefined;
  readonly network?: string | undefined;
}

/** What is typed into a form. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

let texts = 0;

/** A text that no other reply of this test file has. */
export function newText(): string {
  texts += 1;
  return `Thought number ${texts}.`;
}

/**
 * Sends a reply as a guest does; the name and the text are made up where none are given.
 *
 * @param to path of the post or page.
 */
export async function postReply(
  site: Pick<TestSite, 'app'>,
  to: string,
  fields: Fields = {},
  asker: Asker = {},
): Promise<ReplyAnswer> {
  const answer = await sendForm(site, `${to}/comments`, { name: 'Greta Guest', body: newText(), ...fields }, asker);
  const id = /^\/comments\/(\d+)$/.exec(answer.headers.location ?? '')?.[1];
  return { ...answer, commentId: id === undefined ? undefined : Number(id) };
}

/** Sends a reply that must be taken, and says its id. @throws Error with the page, where it is refused. */
export async function replyTo(
  site: Pick<TestSite, 'app'>,
  to: string,
  fields: Fields = {},
  asker: Asker = {},
): Promise<{ id: number; cookie: string }> {
  const { status, text, commentId, cookie } = await postReply(site, to, fields, asker);
  if (status !== 303 || commentId === undefined) throw new Error(`${status}: ${wordsOf(text)}`);
  return { id: commentId, cookie };
}

/** Sends a form of the site itself. */
export async function sendForm(
  site: Pick<TestSite, 'app'>,
  path: string,
  fields: Fields,
  { cookie, network }: Asker = {},
): Promise<Answer> {
  const sent = request(site.app).post(path).set(fromOwnPage).type('form');
  if (cookie) sent.set('Cookie', cookie);
  if (network) sent.set('X-Forwarded-For', network);
  return toAnswer(await sent.send(encode(fields)));
}

/** Opens a page. */
export async function openPage(
  site: Pick<TestSite, 'app'>,
  path: string,
  { cookie, network }: Asker = {},
): Promise<Answer> {
  const asked = request(site.app).get(path);
  if (cookie) asked.set('Cookie', cookie);
  if (network) asked.set('X-Forwarded-For', network);
  return toAnswer(await asked);
}

/** Decides on a comment as the queue's form does. */
export function decideOn(
  site: Pick<TestSite, 'app'>,
  moderator: Asker,
  id: number | string,
  fields: Fields,
): Promise<Answer> {
  return sendForm(site, `/moderation/comments/${id}/decisions`, fields, moderator);
}

/** The ids of the comments on a page, in the order in which they stand there. */
export function commentIdsOn(html: string): number[] {
  return [...html.matchAll(/<article class="comment[^"]*" id="c(\d+)"/g)].map(([, id]) => Number(id));
}

/** What a page says of one comment, without its replies; empty where it is not there. */
export function commentOn(html: string, id: number): string {
  return new RegExp(`<article class="comment[^"]*" id="c${id}"[^>]*>[\\s\\S]*?</article>`).exec(html)?.[0] ?? '';
}

/** The words of a piece of markup, as a reader sees them, on one line. */
export function wordsOf(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

/** The value of a field on a page, as a browser would send it back; undefined where there is no such field. */
export function fieldOn(html: string, name: string): string | undefined {
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>\n?([\\s\\S]*?)</textarea>`).exec(html);
  if (area) return decoded(area[1] ?? '');
  const input = new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(html)?.[0];
  return input && decoded(/ value="([^"]*)"/.exec(input)?.[1] ?? '');
}

/** Where a comment stands. */
export async function statusOf(db: Kysely<Database>, id: number): Promise<CommentStatus> {
  return (await db.selectFrom('comment').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status;
}

/** How many comments there are, in one conversation or in all. */
export async function countComments(db: Kysely<Database>, conversationId?: number): Promise<number> {
  const { count } = await db
    .selectFrom('comment')
    .select(({ fn }) => fn.countAll().as('count'))
    .$if(conversationId !== undefined, (query) => query.where('conversation_id', '=', conversationId ?? 0))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The last event of a comment or a conversation. */
export function lastEvent(db: Kysely<Database>, kind: SubjectKind, id: number) {
  return db
    .selectFrom('event')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .selectAll('event')
    .select(['event_note.reason', 'event_note.note'])
    .where('subject_kind', '=', kind)
    .where('subject_id', '=', id)
    .orderBy('event.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

/** Waits for something to become true. @throws Error where it does not within ten seconds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await setTimeout(20);
  }
  throw new Error('What was waited for did not come.');
}

function toAnswer({ status, text, headers }: request.Response): Answer {
  const lines = (headers['set-cookie'] ?? []) as unknown as string[];
  const kept = lines.filter((line) => !/; Max-Age=0/i.test(line)).map((line) => line.split(';', 1)[0]);
  return { status, text, headers, cookie: kept.join('; ') };
}

function encode(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of typeof value === 'string' ? [value] : value) form.append(name, each);
  }
  return form.toString();
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
