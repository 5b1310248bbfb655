import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TrustedHtml, trustStored } from '../../src/text/trusted-html.ts';

const source = join(import.meta.dirname, '..', '..', 'src');

describe('trusted HTML', () => {
  it('is what a renderer made, and prints it', () => {
    const html = trustStored('<p>a</p>');
    expect(html).toBeInstanceOf(TrustedHtml);
    expect(`${html}`).toBe('<p>a</p>');
  });

  it('is no string, and no string is trusted', () => {
    // @ts-expect-error a plain string is not assignable
    const html: TrustedHtml = '<p>a</p>';
    expect(html).not.toBeInstanceOf(TrustedHtml);
    // @ts-expect-error the constructor is not for everyone
    expect(() => new TrustedHtml()).not.toThrow();
  });

  it('is made from fresh markup in src/text/ only', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const makers = files.filter((file) => readFileSync(join(source, file), 'utf8').includes('fromSanitiser'));
    expect(makers.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([
      'text/comment-markdown.ts',
      'text/post-markdown.ts',
      'text/trusted-html.ts',
    ]);
  });
});
