import request from 'supertest';
import { fromOwnPage, type TestSite } from './site.ts';

/** A person at the desk. */
export interface Writer {
  readonly id: number;
  readonly cookie: string;
}

/** The answer to a form, as far as a test asks for it. */
export type Answer = Pick<request.Response, 'status' | 'text' | 'headers'>;

/** Opens a page, signed in or not. */
export function open(site: TestSite, writer: Writer | undefined, path: string): Promise<Answer> {
  const asked = request(site.app).get(path);
  return (writer ? asked.set('Cookie', writer.cookie) : asked).then((answer) => answer);
}

/** Sends a form of the site itself. */
export function send(
  site: TestSite,
  writer: Writer | undefined,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const sent = request(site.app).post(path).set(fromOwnPage).type('form');
  return (writer ? sent.set('Cookie', writer.cookie) : sent).send({ ...fields }).then((answer) => answer);
}

/** Begins a post and says its id. @throws Error with the page, where that is refused. */
export async function begin(site: TestSite, writer: Writer, fields: Readonly<Record<string, string>>): Promise<number> {
  const answer = await send(site, writer, '/write/new', fields);
  const id = /^\/write\/(\d+)$/.exec(answer.headers.location ?? '')?.[1];
  if (answer.status !== 303 || !id) throw new Error(`${answer.status}: ${answer.text}`);
  return Number(id);
}

/** The fields of the desk's form on a page, as a browser would send them back; buttons are not among them. */
export function fieldsOn(html: string): Record<string, string> {
  const form = /<form class="(?:desk|preview-bar)"[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const radio = attribute(tag, 'type') === 'radio';
    if (name && (!radio || / checked/.test(tag))) fields[name] = attribute(tag, 'value') ?? '';
  }
  // A browser leaves out the line break that follows the opening tag.
  for (const [, name = '', text = ''] of form.matchAll(/<textarea[^>]* name="(\w+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g)) {
    fields[name] = decode(text);
  }
  for (const [, name = '', options = ''] of form.matchAll(/<select[^>]* name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g)) {
    fields[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  }
  return fields;
}

/** Whether a page has a button for this. */
export function hasButton(html: string, action: string): boolean {
  return html.includes(`name="action" value="${action}"`);
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decode(value);
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
