import { describe, expect, it } from '@jest/globals';
import { renderComment } from '../../src/text/comment-markdown.ts';

const html = (source: string) => renderComment(source).html.toString().trim();
const link = (href: string, text: string) => `<a href="${href}" rel="nofollow ugc noopener">${text}</a>`;

describe('a comment', () => {
  it.each([
    ['paragraphs and line breaks as typed', 'one\ntwo\n\nthree', '<p>one<br>\ntwo</p>\n<p>three</p>'],
    ['emphasis', '*a* **b** ~~c~~', '<p><em>a</em> <strong>b</strong> <del>c</del></p>'],
    ['code as it is', '`a < b && c`', '<p><code>a &lt; b &amp;&amp; c</code></p>'],
    ['listings without their language', '```js\nx\n```', '<pre><code>x\n</code></pre>'],
    ['quotes', '> said', '<blockquote>\n<p>said</p>\n</blockquote>'],
    ['lists with their first number', '3. c\n4. d', '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'],
    ['lists without a first number out of all proportion', '99999. c', '<ol>\n<li>c</li>\n</ol>'],
    ['a heading as a bold paragraph', '## Loud *words*', '<p><strong>Loud <em>words</em></strong></p>'],
    ['a line under words as a line of signs', 'words\n---\nmore', '<p>words</p>\n<p>---</p>\n<p>more</p>'],
    ['a number with a hash as a number', '#1 of many', '<p>#1 of many</p>'],
    ['an indented line as a line', 'a\n\n    b', '<p>a</p>\n<p>b</p>'],
    ['a table as it was typed', '|a|b|\n|-|-|', '<p>|a|b|<br>\n|-|-|</p>'],
    ['HTML as text', '<b onclick="x()">a</b>', '<p>&lt;b onclick="x()"&gt;a&lt;/b&gt;</p>'],
    ['right-to-left text', 'שלום **עולם**', '<p>שלום <strong>עולם</strong></p>'],
  ])('shows %s', (_what, source, expected) => {
    expect(html(source)).toBe(expected);
  });

  it('keeps the words of quotes and lists that are nested too deeply', () => {
    const quoted = html(`${'> '.repeat(40)}the *last* word\n\nand after it`);
    expect(quoted).toContain('the <em>last</em> word');
    expect(quoted).toContain('<p>and after it</p>');
    const items = Array.from({ length: 30 }, (_, depth) => `${'  '.repeat(depth)}- item ${depth}`);
    const listed = html(`${items.join('\n')}\n- last\n\nend`);
    expect(listed).toContain('item 29');
    expect(listed).toMatch(/<li>\s*<p>last<\/p>\s*<\/li>\s*<\/ul>|<li>last<\/li>\s*<\/ul>/);
    expect(listed.match(/<ul>/g)?.length).toBeLessThan(20);
    expect(listed).toContain('<p>end</p>');
  });

  it('is nothing when nothing was written', () => {
    expect(html(' \n ')).toBe('');
  });
});

describe('a link in a comment', () => {
  it.each([
    [
      'an address',
      'https://example.org/a?b=1&c=2',
      link('https://example.org/a?b=1&amp;c=2', 'https://example.org/a?b=1&amp;c=2'),
    ],
    ['an address without its scheme', 'www.example.org/a', link('https://www.example.org/a', 'www.example.org/a')],
    ['words', '[there](http://example.org)', link('http://example.org/', 'there')],
    ['an address in angle brackets', '<https://example.org>', link('https://example.org/', 'https://example.org')],
    ['an address to write to', '[write](mailto:rob@example.org)', link('mailto:rob@example.org', 'write')],
    ['a reference', '[there][1]\n\n[1]: https://example.org', link('https://example.org/', 'there')],
    ['an image, by its description', '![a map](https://example.org/m.png)', link('https://example.org/m.png', 'a map')],
    [
      'an image without one',
      '![](https://example.org/m.png)',
      link('https://example.org/m.png', 'https://example.org/m.png'),
    ],
    ['an image in a link, once', '[![a](http://b.example)](http://c.example)', link('http://c.example/', 'a')],
    [
      'an international host as it was typed',
      'http://xn--pple-43d.com',
      link('http://xn--pple-43d.com/', 'http://xn--pple-43d.com'),
    ],
  ])('is made of %s', (_what, source, expected) => {
    expect(html(source)).toBe(`<p>${expected}</p>`);
  });

  it.each([
    ['another scheme', '[a](javascript:alert%281%29)', '[a](javascript:alert%281%29)'],
    ['a hidden scheme', '[a](java&#115;cript:x)', '[a](javascript:x)'],
    ['data', '![a](data:image/png;base64,AAAA)', '![a](data:image/png;base64,AAAA)'],
    ['a file', 'ftp://example.org/a', 'ftp://example.org/a'],
    ['a path, which would lead elsewhere from a feed', '[a](/about)', '[a](/about)'],
    ['a host without a scheme', '[a](//example.org)', '[a](//example.org)'],
    [
      'a password before the host',
      '[a](https://bank.example@evil.example/)',
      `[a](${link('https://bank.example/', 'https://bank.example')}@evil.example/)`,
    ],
    ['a bare e-mail address', 'rob@example.org', 'rob@example.org'],
    ['a missing space', 'the organisation.It is', 'the organisation.It is'],
    ['words without an address', '[a]()', 'a'],
    ['a link without words', 'a [](https://example.org) b', 'a  b'],
  ])('is not made of %s', (_what, source, expected) => {
    expect(html(source)).toBe(`<p>${expected}</p>`);
  });

  it('is told with its address and host, for the policies', () => {
    expect(renderComment('[a](http://b&c.example/?d&e)').links).toEqual({
      addresses: ['http://b&c.example/?d&e'],
      hosts: ['b&c.example'],
    });
    const source =
      'http://a.example/1 http://A.example/2 [b](https://bücher.example) [c](mailto:d@e.example) [](http://f.example)';
    expect(renderComment(source).links).toEqual({
      addresses: ['http://a.example/1', 'http://a.example/2', 'https://xn--bcher-kva.example/', 'mailto:d@e.example'],
      hosts: ['a.example', 'xn--bcher-kva.example'],
    });
    expect(renderComment('no link, but `http://code.example`').links).toEqual({ addresses: [], hosts: [] });
  });
});
