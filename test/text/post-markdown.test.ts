import { describe, expect, it } from '@jest/globals';
import { renderPost } from '../../src/text/post-markdown.ts';

const html = (source: string) => renderPost(source).html.toString().trim();

describe('headings of a post', () => {
  it.each([
    ['begin at level two', '# A\n\n## B', ['h2', 'h3']],
    ['stay where they are when they begin there', '## A\n\n### B', ['h2', 'h3']],
    ['come up when they begin lower', '### A\n\n#### B', ['h2', 'h3']],
    ['end at level six', '# A\n\n###### B', ['h2', 'h6']],
    ['are shifted together with those written in HTML', '## B\n\n<h1>A</h1>', ['h3', 'h2']],
  ])('%s', (_what, source, tags) => {
    expect([...html(source).matchAll(/<(h\d)/g)].map(([, tag]) => tag)).toEqual(tags);
  });

  it('have ids of their own, which are no ids of the page', () => {
    const titles = ['Ærlig talt', 'Same', '*Same*', 'Same 2', 'Other', 'Other 2', 'Other', '…'];
    const source = `${titles.map((title) => `# ${title}`).join('\n\n')}\n\n<h2 id="reply">R</h2>`;
    expect([...html(source).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'section-aerlig-talt',
      ...['section-same', 'section-same-2', 'section-same-2-2'],
      ...['section-other', 'section-other-2', 'section-other-3'],
      'section-untitled',
      'section-r',
    ]);
  });
});

describe('images of a post', () => {
  it.each([
    ['a path', '![a map](/files/map.png)', '<img src="/files/map.png" alt="a map" loading="lazy">'],
    ['a path from the root, where the slash is missing', '![](map.png)', '<img src="/map.png" alt="" loading="lazy">'],
    [
      'a size in pixels',
      '<img src="/a.png" width="40" height="50%" loading="eager" onerror="x()" srcset="//b.example/c 2x">',
      '<img src="/a.png" width="40" loading="eager" alt="">',
    ],
  ])('are shown from this site: %s', (_what, source, expected) => {
    expect(html(source)).toContain(expected);
  });

  it.each([
    ['another host', '![a](https://b.example/c.png)', '<a href="https://b.example/c.png" rel="noopener">a</a>'],
    [
      'another host without a scheme',
      '![a](//b.example/c.png)',
      '<a href="https://b.example/c.png" rel="noopener">a</a>',
    ],
    [
      'another host behind backslashes',
      '<img alt="a" src="/\\b.example/c">',
      '<a href="https://b.example/c" rel="noopener">a</a>',
    ],
    ['another host behind a dot', '![a](/.//b.example/c)', '<span>a</span>'],
    ['data', '![a](data:image/png;base64,AAAA)', '<span>a</span>'],
    ['another host, inside a link', '[![a](//b.example)](/c)', '<a href="/c" rel="noopener"><span>a</span></a>'],
  ])('are not shown from %s', (_what, source, expected) => {
    expect(html(source)).not.toContain('<img');
    expect(html(source)).toContain(expected);
  });

  it('keep their place in a link', () => {
    expect(html('[![a](/b.png)](/c) d')).toBe(
      '<p><a href="/c" rel="noopener"><img src="/b.png" alt="a" loading="lazy"></a> d</p>',
    );
  });
});

describe('links of a post', () => {
  it.each([
    ['another site', '[a](https://b.example)', '<a href="https://b.example/" rel="noopener">a</a>'],
    ['a path', '[a](/about?b=c#d)', '<a href="/about?b=c#d" rel="noopener">a</a>'],
    ['a path from the root, where the slash is missing', '[a](about)', '<a href="/about" rel="noopener">a</a>'],
    ['a place in the text', '[a](#section-b)', '<a href="#section-b" rel="noopener">a</a>'],
    ['a telephone', '[a](tel:+441)', '<a href="tel:+441" rel="noopener">a</a>'],
    ['an address as typed', 'https://b.example/', '<a href="https://b.example/" rel="noopener">https://b.example/</a>'],
  ])('lead to %s', (_what, source, expected) => {
    expect(html(source)).toBe(`<p>${expected}</p>`);
  });

  it.each([
    ['[a](javascript:x)'],
    ['[a](vbscript:x)'],
    ['[a](data:text/html,x)'],
    ['[a](java&Tab;script:x)'],
    ['<a href="javascript:x" target="_top" ping="//b.example">a</a>'],
    ['[a]()'],
  ])('lead nowhere else: %j', (source) => {
    expect(html(source)).toBe('<p>a</p>');
  });
});

describe('a link in a link of a post', () => {
  it('is only words', () => {
    const inner = '<em><a href="/b">b</a></em>';
    expect(html(`<a href="/a">a ${inner} c</a> ${inner}`)).toBe(
      '<p><a href="/a" rel="noopener">a <em>b</em> c</a> <em><a href="/b" rel="noopener">b</a></em></p>',
    );
  });
});

describe('a post', () => {
  it('may hold tables, with what each heading is for', () => {
    const table = html('| a | b | |\n|:-:|---|--:|\n| 1 | 2 | 3 |');
    expect(table).toContain(
      '<th scope="col" class="align-center">a</th><th scope="col">b</th><td class="align-right"></td>',
    );
    expect(table).toContain('<td class="align-center">1</td><td>2</td><td class="align-right">3</td>');
  });

  it('may hold tables in HTML, within measure', () => {
    const table =
      '<table><caption>c</caption><tr><th scope="row" colspan="2">a</th><td colspan="5000" rowspan="x">b</td></tr></table>';
    expect(html(table)).toContain('<th scope="row" colspan="2">a</th><td>b</td>');
  });

  it('may hold task lists, listings, disclosures and definitions', () => {
    expect(html('- [ ] a\n- [x] b')).toBe('<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>');
    expect(html('```js\na<b\n```')).toBe('<pre><code class="language-js">a&lt;b\n</code></pre>');
    const disclosure = '<details open><summary>a</summary><dl><dt>b</dt><dd><kbd>c</kbd></dd></dl></details>';
    expect(html(disclosure)).toBe(disclosure);
    expect(html('<p lang="fr" dir="rtl">a</p>')).toBe('<p lang="fr" dir="rtl">a</p>');
  });

  it('holds nothing that acts, loads or borrows the look of the page', () => {
    const source = [
      '<script>a()</script><style>b{}</style><iframe src="//c.example">d</iframe><form action="/e"><input name="f" autofocus>',
      '<button>g</button></form><code class="notice">b</code><p id="reply" class="notice" style="position:fixed" onclick="h()">i</p><svg><a href="j">k</a></svg>',
      '<video src="//l.example"></video><object data="m"></object><base href="//n.example"><meta http-equiv="refresh" content="0">',
    ].join('\n\n');
    expect(html(source).replace(/\s+/g, '')).toBe(
      'd<p>g</p><code>b</code><p>i</p><ahref="/j"rel="noopener">k</a><p></p><p></p>',
    );
  });

  it('closes what its author left open, and nothing more', () => {
    expect(html('<details><summary>a</summary>\n\n</div></main>b')).toBe('<details><summary>a</summary>b</details>');
  });

  it('is shown as it was typed when it is nested too deeply to be read', () => {
    expect(html(`${'>'.repeat(20_000)}a\n\n<b>`)).toBe(`<p>${'&gt;'.repeat(20_000)}a</p>\n<p>&lt;b&gt;</p>`);
  });

  it('keeps the text of a paragraph that holds more marks than prose does', () => {
    expect(html('*a* '.repeat(150))).toContain('<em>a</em>');
    const marks = '*a* '.repeat(900).trim();
    expect(html(marks)).toBe(`<p>${marks}</p>`);
  });

  it('is shown as it was typed when it holds a paragraph that is too long to be read', () => {
    expect(html(`*a*\n\n${'b '.repeat(9_000)}`)).toContain('<em>a</em>');
    expect(html(`*a*\n\n${'b '.repeat(11_000)}\nc`)).toMatch(/^<p>\*a\*<\/p>\n<p>b [b ]*<br>\nc<\/p>$/);
  });

  it('may be as long as a book, with marks all over it', () => {
    const paragraph = 'Words and *emphasis* with **weight** and `code` and [a link](https://a.example) in it. '.repeat(
      10,
    );
    const list = '- one *of* many\n'.repeat(10);
    const book = `## Chapter\n\n${paragraph}\n\n${list}\n`.repeat(470);
    expect(book.length).toBeGreaterThan(490_000);
    expect(html(book).match(/<strong>weight/g)).toHaveLength(4700);
  });

  it('is shown as it was typed when a line of it opens more quotes and lists than anyone reads', () => {
    expect(html('> - '.repeat(14))).toContain('<blockquote>');
    expect(html(`${'> - '.repeat(15)}a`)).toBe(`<p>${'&gt; - '.repeat(15)}a</p>`);
    expect(html('- '.repeat(40).trim())).toBe('<hr>');
  });

  it('keeps the text of a table that would fill up to megabytes', () => {
    const bomb = `${'|a'.repeat(2000)}|\n${'|-'.repeat(2000)}|\n${'b\n'.repeat(500)}`;
    expect(html(bomb).length).toBeLessThan(2 * bomb.length);
    expect(html(bomb)).toContain('|a|a');
  });
});
