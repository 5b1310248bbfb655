import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, '..', '..', 'public', 'js');
const views = join(import.meta.dirname, '..', '..', 'views');
const scripts = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

// The queue is a tool of the staff, with keys and a weight of its own.
const forReaders = scripts.filter(({ name }) => !name.startsWith('queue-'));

describe('The scripts of a conversation', () => {
  it('weigh ten kilobytes at most, all together', () => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    const weights = forReaders.map(({ text }) => brotliCompressSync(text, { params }).length);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(10 * 1024);
  });

  it('leave those of the queue to the pages of the moderators', () => {
    const loading = readdirSync(views, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.eta'))
      .filter((name) =>
        /queue-(keys|decisions)/.test(readFileSync(join(views, name), 'utf8').replace(/class="[^"]*"/g, '')),
      );
    expect(scripts.length - forReaders.length).toBe(2);
    expect(loading).toEqual([join('moderation', 'queue.eta')]);
  });

  it.each(forReaders)('$name takes no key from the reader’s keyboard', ({ text }) => {
    expect(text).not.toMatch(/key(down|up|press)|accesskey/i);
  });

  it.each(scripts)('$name makes no markup out of text', ({ text }) => {
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });

  it.each(scripts)('$name asks for nothing that plain http lacks', ({ text }) => {
    const code = text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
    expect(code).not.toMatch(/randomUUID|crypto\.subtle|navigator\.(locks|clipboard|serviceWorker)|cookieStore/);
  });
});
