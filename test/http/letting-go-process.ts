// Does things again and again, and says how much of what they were done with is left after two collections of young objects. It is a
// process of its own, started with a large space for them: one that collects by itself meanwhile takes what is under way for old.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { createDatabase, createPool } from '../../src/database.ts';
import { serveComposed } from '../support/composed-site.ts';

const count = 40;
const [url = '', path = ''] = process.argv.slice(2);

let noted: WeakRef<object>[] = [];
subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  noted.push(new WeakRef(request), new WeakRef(response));
});

const db = createDatabase(createPool(url, () => {}, { statement: 10_000 }));
const site = await serveComposed(url);
const reply = (body: string) => site.post(`${path}/comments`, { name: 'Rob', body, parent: '' });

const things: Readonly<Record<string, (number: number) => unknown>> = {
  async statement(number) {
    const bytes = Buffer.alloc(100, number);
    noted.push(new WeakRef(bytes));
    await sql`select ${bytes}::bytea`.execute(db);
  },
  reply: (number) => reply(`Reply ${number}`),
  preview: (number) => site.post(`${path}/comments/preview`, { body: `Preview ${number}` }),
  'page for one': () => site.get(path, { cookie: 'a=b' }),
  'page for all': () => site.get(path),
  feed: () => site.get('/feed.xml'),
};

for (const [name, act] of Object.entries(things)) {
  // What is done for the first time leaves something behind for later times.
  for (let number = 0; number < count; number += 1) await act(number);
  await collect('major');
  noted = [];
  for (let number = count; number < 2 * count; number += 1) await act(number);
  await collect('minor');
  await collect('minor');
  const left = noted.filter((each) => each.deref()).length;
  process.stdout.write(`${JSON.stringify({ name, left, of: noted.length })}\n`);
}
process.exit();

async function collect(type: 'minor' | 'major'): Promise<void> {
  // What was looked at in one turn of the event loop is held until the next.
  await new Promise(setImmediate);
  (globalThis as unknown as { gc(options: { type: string }): void }).gc({ type });
}
