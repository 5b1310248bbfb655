import { describe, expect, it } from '@jest/globals';
import { spellPlain } from '../../src/text/plain-markup.ts';
import { sanitise } from '../../src/text/sanitise.ts';
import { randomNumbers, randomTexts } from './random-text.ts';

const allowed = { allowedTags: ['p', 'br', 'em', 'strong', 'code'], allowedAttributes: {} };

describe('plain markup', () => {
  it.each([
    ['nothing', ''],
    ['paragraphs', '<p>one</p>\n<p>two</p>\n'],
    ['line breaks', '<p>one<br>\ntwo</p>\n'],
    ['stress and code', '<p>a <em>b</em> <strong>c</strong> <code>d &lt; e</code></p>\n'],
    ['signs in words', '<p>&lt;b&gt; &amp; it\'s "so"</p>\n'],
  ])('can be %s, which the sanitiser leaves as it is', (_what, markup) => {
    expect(spellPlain(markup)).toBe(markup);
    expect(sanitise(markup, allowed)).toBe(markup);
  });

  it('has its quotation marks spelled as the sanitiser spells them', () => {
    expect(spellPlain('<p>&quot;a&quot; &amp;quot;</p>\n')).toBe('<p>"a" &amp;quot;</p>\n');
  });

  it.each([
    ['another element', '<p><b>a</b></p>\n'],
    ['a script', '<script>a</script>'],
    ['a script in a paragraph', '<p><script>a</script></p>\n'],
    ['a script in a stress', '<p><em><script>a</script></em></p>\n'],
    ['an attribute', '<p onclick="a">b</p>\n'],
    ['an attribute of a stress', '<p><em onclick="a">b</em></p>\n'],
    ['a link', '<p><a href="https://a.example/">a</a></p>\n'],
    ['a comment', '<p><!-- a --></p>\n'],
    ['words outside of paragraphs', 'a'],
    ['words between paragraphs', '<p>a</p>\nb<p>c</p>\n'],
    ['a paragraph that does not end', '<p>a</p>\n<p>b'],
    ['a paragraph that does not begin', 'a</p>\n'],
    ['a paragraph in a paragraph', '<p><p>a</p>\n'],
    ['a stress that does not end', '<p><em>a</p>\n'],
    ['a stress that ends as something else', '<p><em>a</strong></p>\n'],
    ['stress within stress', '<p><em>a <strong>b</strong></em></p>\n'],
    ['an entity by its number', '<p>&#60;script&#62;</p>\n'],
    ['an entity of another name', '<p>a&nbsp;b</p>\n'],
    ['another entity in a stress', '<p><em>a&nbsp;b</em></p>\n'],
    ['a sign that begins no entity', '<p>a & b</p>\n'],
    ['an entity that a stress tears apart', '<p>&<em>amp;</em></p>\n'],
  ])('has in it no %s', (_what, markup) => {
    expect(spellPlain(markup)).toBeUndefined();
  });

  it('is the same whether the sanitiser sees it or not, whatever it is made of', () => {
    const parts = [
      '<p>',
      '</p>\n',
      '</p>',
      '<br>\n',
      '<br>',
      '<em>',
      '</em>',
      '<strong>',
      '</strong>',
      '<code>',
      '</code>',
    ];
    const others = [
      '<b>',
      '<p a="b">',
      '<',
      '>',
      '&',
      '&amp;',
      '&lt;',
      '&gt;',
      '&quot;',
      '&#34;',
      '&nbsp;',
      '"',
      "'",
      '\n',
      ' ',
    ];
    const texts = [...randomTexts(2_000)].map((text) => text.replaceAll(/[<>&]/g, ''));
    const next = randomNumbers(93);
    const oneOf = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item;
    const words = () => (next() < 0.5 ? oneOf(texts) : oneOf(['a', 'b c', '&amp;', '&quot;', '&lt;']));
    const inParagraph = () =>
      oneOf([words, words, () => '<br>\n', () => `<em>${words()}</em>`, () => `<code>${words()}</code>`])();
    const many = (make: () => string) => Array.from({ length: 1 + Math.floor(next() * 4) }, make).join('');
    const paragraph = () => `<p>${many(inParagraph)}</p>\n`;
    const spoil = (markup: string) => {
      const at = Math.floor(next() * (markup.length + 1));
      return `${markup.slice(0, at)}${oneOf([...parts, ...others])}${markup.slice(at + Math.floor(next() * 3))}`;
    };
    const markups = Array.from({ length: 6_000 }, () => (next() < 0.5 ? many(paragraph) : spoil(many(paragraph))));
    const plain = markups.flatMap((markup) => {
      const spelled = spellPlain(markup);
      return spelled === undefined ? [] : [{ markup, spelled }];
    });
    expect(plain.length).toBeGreaterThan(3_000);
    expect(plain.length).toBeLessThan(5_500);
    expect(plain.filter(({ markup, spelled }) => sanitise(markup, allowed) !== spelled)).toEqual([]);
  });
});
