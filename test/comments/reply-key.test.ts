import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const [one, other] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

let keys: {
  makeKey(): string;
  takenNames(): string[];
  noteAnswered(key: string): void;
  wasAnswered(key: string): boolean;
};

// As much of a browser as the script asks for.
const page = { protocol: 'http:', cookies: new Map<string, string>(), set: [] as string[] };
const stored = new Map<string, string>();
const document = {
  get cookie() {
    return [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  },
  set cookie(line: string) {
    page.set.push(line);
    if (/Max-Age=0/.test(line)) page.cookies.delete(line.split('=', 1)[0] ?? '');
  },
};
const localStorage = {
  getItem: (name: string) => stored.get(name) ?? null,
  setItem: (name: string, value: string) => void stored.set(name, value),
};

beforeAll(async () => {
  Object.assign(globalThis, { document, localStorage, location: page });
  keys = await import(join(import.meta.dirname, '..', '..', 'public', 'js', 'reply-key.js'));
});
beforeEach(() => {
  stored.clear();
  page.cookies.clear();
  Object.assign(page, { protocol: 'http:', set: [] });
});

describe('The keys of replies, in the browser,', () => {
  it('are random UUIDs', () => {
    const made = [keys.makeKey(), keys.makeKey()];
    for (const key of made) expect(key).toMatch(uuid);
    expect(made[0]).not.toBe(made[1]);
  });

  it('are answered once the server says that they were taken, and it says so once', () => {
    page.cookies.set('visitor', '1.2').set('taken', `${one}.${other}`);
    expect(keys.wasAnswered(one)).toBe(false);
    expect(keys.takenNames()).toEqual([`draft ${one}`, `draft ${other}`]);
    expect([keys.wasAnswered(one), keys.wasAnswered(other)]).toEqual([true, true]);
    expect([...page.cookies.keys()]).toEqual(['visitor']);
    expect(keys.takenNames()).toEqual([]);
  });

  it('are taken where the site is reached by https, too, under the name that cookies have there', () => {
    page.protocol = 'https:';
    page.cookies.set('__Host-taken', one);
    expect(keys.takenNames()).toEqual([`draft ${one}`]);
    expect(page.set).toEqual([expect.stringMatching(/^__Host-taken=; Path=\/; Max-Age=0; Secure$/)]);
  });

  it('are none for an edit, which is named by its comment', () => {
    page.cookies.set('taken', `edit-7.${one}`);
    expect(keys.takenNames()).toEqual(['edit 7', `draft ${one}`]);
    expect(keys.wasAnswered('edit-7')).toBe(false);
    expect(keys.wasAnswered(one)).toBe(true);
  });

  it('are not answered by a page that merely was loaded after them', () => {
    expect(keys.takenNames()).toEqual([]);
    expect(keys.wasAnswered(one)).toBe(false);
  });

  it('are remembered as long as a form may be open somewhere, the last of them', () => {
    for (let sent = 0; sent < 50; sent += 1) keys.noteAnswered(keys.makeKey());
    keys.noteAnswered(one);
    expect(keys.wasAnswered(one)).toBe(true);
    expect(JSON.parse([...stored.values()][0] ?? '')).toHaveLength(20);
  });
});
