import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';

interface Found {
  readonly name: string;
  readonly left: number;
  readonly of: number;
}

let test: TestDatabase;
let found: readonly Found[];
beforeAll(async () => {
  test = await createTestDatabase();
  await test.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  const post = await addPost(test.db, { title: 'A post' });
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
  const program = join(import.meta.dirname, 'letting-go-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, test.url, `/posts/${post.slug}`]);
  found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}, 60_000);
afterAll(() => test.drop());

it.each([
  ['what a statement was given', 'statement', 40],
  ['a reply that was sent, and the answer', 'reply', 80],
  ['a preview', 'preview', 80],
  ['a page made for one visitor', 'page for one', 80],
  ['a page made for all', 'page for all', 80],
  ['a feed', 'feed', 80],
])('%s is let go of by the next collections of young objects', (_what, name, of) => {
  const one = found.find((each) => each.name === name);
  expect(one?.of).toBe(of);
  // A connection holds the last.
  expect(one?.left).toBeLessThan(of / 8);
});
