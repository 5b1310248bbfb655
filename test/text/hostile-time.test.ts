import { beforeAll, describe, expect, it } from '@jest/globals';
import { renderComment } from '../../src/text/comment-markdown.ts';
import { renderPost } from '../../src/text/post-markdown.ts';

/** A guard against hanging, with room for a busy machine; what rendering costs is measured by the benchmarks. */
const longestMilliseconds = 1000;

const filled = (part: string, length = 10_000) => part.repeat(Math.ceil(length / part.length)).slice(0, length);

const tableOf = (columns: number, row: string) =>
  filled(`${'|a'.repeat(columns)}\n${'|-'.repeat(columns)}\n`, columns * 4 + 2) + filled(row, 9998 - columns * 4);

const sources: readonly (readonly [string, string])[] = [
  ['open emphasis', filled('**_a ')],
  ['open strong emphasis', filled('***a* ')],
  ['emphasis inside words', filled('_a')],
  ['crossed emphasis', filled('*a_b')],
  ['strikethroughs', filled('~~a~')],
  ['asterisks', filled('*')],
  ['opening brackets', filled('[')],
  ['closing brackets', filled(']')],
  ['open links', filled('[a](')],
  ['open images', filled('![](')],
  ['nested links', filled('[', 5000) + filled('](a)', 5000)],
  ['nested images', '!['.repeat(1600) + '](http://b)'.repeat(600)],
  ['images in one link', `[${filled('![a](http://b.c)', 9980)}](http://d.e)`],
  ['many links', filled('[a](http://b.c)')],
  ['references to one place', `${filled('[a]')}\n\n[a]: http://b.c`],
  ['definitions', filled('[a]: b\n')],
  ['quotes in quotes', filled('>')],
  ['quotes with lists', filled('> - ')],
  ['lists in lists', filled('- ')],
  ['numbered lists in lists', filled('1. ')],
  ['lists by indentation', Array.from({ length: 140 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n')],
  ['backticks', filled('`')],
  ['backticks of every length', Array.from({ length: 140 }, (_, length) => '`'.repeat(length)).join(' ')],
  ['fences', filled('```\n')],
  ['opening angle brackets', filled('<')],
  ['open elements', filled('<a ')],
  ['open comments', filled('<!--')],
  ['open declarations', filled('<![CDATA[')],
  ['nested elements', filled('<div><p>')],
  ['nested headings', filled('<h2>')],
  ['nested frames', filled('<iframe>')],
  ['attributes', `<a ${filled('b=c ')}`],
  ['one long word', filled('a')],
  ['spaces', `${filled(' ')}a`],
  ['tabs', `${filled('\t')}a`],
  ['empty lines', filled('\n')],
  ['backslashes', filled('\\')],
  ['ampersands', filled('&')],
  ['open references', filled('&#')],
  ['hosts', filled('www.')],
  ['addresses', filled('http://a.b ')],
  ['one address with brackets', `http://a.b/${filled('(')}`],
  ['one address with dots', `http://a.b/${filled('.')}`],
  ['e-mail addresses', filled('a@b.')],
  ['schemes', filled('mailto:')],
  ['headings', filled('# a\n')],
  ['underlined headings', filled('a\n=\n')],
  ['marks on one letter', `a${filled('\u0301')}`],
  ['table cells', filled('|')],
  ['small tables', filled('|a|b\n-|-\n\n')],
  ['a table with very many columns', tableOf(2400, 'a\n')],
  ['a table with many columns and rows', tableOf(64, 'a\n')],
];

describe('10,000 hostile characters', () => {
  it.each(sources)('neither keep a comment long nor become megabytes: %s', (_what, source) => {
    const { milliseconds, length } = leastCost(() => renderComment(source).html.toString());
    expect(milliseconds).toBeLessThan(longestMilliseconds);
    expect(length).toBeLessThan(200_000);
  });

  it.each(sources)('neither keep a post long nor become megabytes: %s', (_what, source) => {
    const { milliseconds, length } = leastCost(() => renderPost(source).html.toString());
    expect(milliseconds).toBeLessThan(longestMilliseconds);
    expect(length).toBeLessThan(1_000_000);
  });
});

/**
 * How much more the longest text that the desk takes may cost than ordinary prose of that length, in the same run: nested
 * lists cost 3.3 times as much, and what the renderer had no budget for 8 to 22 times.
 */
const mostTimesProse = 7;

const prose = filled(
  'A paragraph of *ordinary* prose with [a link](https://example.com/x) and **some stress**.\n\n- one\n- two\n\n',
  490_000,
);

const everyParagraph = (part: string) => Array.from({ length: 26 }, () => filled(part, 19_000)).join('\n\n');

const longSources: readonly (readonly [string, string])[] = [
  ['underscores inside long words', everyParagraph('a_b')],
  ['emphasis inside long words', everyParagraph('_a')],
  ['crossed emphasis inside long words', everyParagraph('_a*')],
  ['links', everyParagraph('[a](http://b.c)')],
  ['open elements on lines', filled('<b>\n', 490_000)],
  ['open elements in paragraphs', filled('<b>\n\n', 490_000)],
  ['nested elements', filled('<div><p>', 490_000)],
  ['quotes in quotes', filled('>', 490_000)],
  ['quotes with lists', filled('> - ', 490_000)],
  ['lists in lists', filled(`${'- '.repeat(29)}a\n`, 490_000)],
  ['headings', filled('# a\n', 490_000)],
];

describe('500,000 hostile characters', () => {
  let ordinary: number;
  beforeAll(() => {
    renderPost(prose);
    ordinary = cost(() => renderPost(prose).html.toString()).milliseconds;
  }, 60_000);

  it.each(longSources)(
    'do not keep a post long: %s',
    (_what, source) => {
      const most = mostTimesProse * ordinary;
      const { milliseconds, length } = leastCost(() => renderPost(source).html.toString(), most);
      expect(milliseconds).toBeLessThan(most);
      expect(length).toBeLessThan(3_000_000);
    },
    60_000,
  );
});

// What is slow is slow every time; a machine that was busy for a moment is not.
function leastCost(render: () => string, most = longestMilliseconds): ReturnType<typeof cost> {
  let least = cost(render);
  for (let tries = 1; tries < 3 && least.milliseconds >= most; tries += 1) {
    const again = cost(render);
    if (again.milliseconds < least.milliseconds) least = again;
  }
  return least;
}

// The processor's time: others may keep the machine busy.
function cost(render: () => string): { readonly milliseconds: number; readonly length: number } {
  const start = process.cpuUsage();
  const { length } = render();
  const { user, system } = process.cpuUsage(start);
  return { milliseconds: (user + system) / 1000, length };
}
