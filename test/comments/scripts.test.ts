import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, '..', '..', 'public', 'js');
const scripts = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

describe('The scripts of a conversation', () => {
  it('weigh ten kilobytes at most, all together', () => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    const weights = scripts.map(({ text }) => brotliCompressSync(text, { params }).length);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(10 * 1024);
  });

  it.each(scripts)('$name takes no key from the reader’s keyboard', ({ text }) => {
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
