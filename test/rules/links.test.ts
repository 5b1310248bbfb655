import { describe, expect, it } from '@jest/globals';
import { compileHosts, findHost, readHostList } from '../../src/rules/hosts.ts';
import { readLinks } from '../../src/rules/links.ts';
import { mostEntries } from '../../src/rules/pasted-list.ts';
import { renderComment } from '../../src/text/comment-markdown.ts';
import { filled, hostileTexts, leastMilliseconds, patience } from './hostile-texts.ts';

const linksOf = (body: string, { name = 'Greta', website }: { name?: string; website?: string } = {}) =>
  readLinks({ text: renderComment(body).links, website, name });

describe('the links of a comment', () => {
  it.each([
    ['of Markdown', '[here](https://casino.example/win)', ['casino.example']],
    ['of bare addresses', 'https://casino.example and www.poker.example', ['casino.example', 'poker.example']],
    ['of images', '![win](https://casino.example/win.png)', ['casino.example']],
    ['in capitals', 'HTTPS://WWW.CASINO.EXAMPLE', ['casino.example']],
    ['with a final dot', '[here](https://casino.example./win)', ['casino.example']],
    ['with a port', '[here](https://casino.example:8443/win)', ['casino.example']],
    ['of an international name', '[тут](https://казино.рф/игра)', ['xn--80aodfsg.xn--p1ai']],
    ['of another international name', '[here](https://www.bücher.example)', ['xn--bcher-kva.example']],
    ['with a number for a host', '[here](http://3221226219/)', ['192.0.2.235']],
    ['in Hebrew', 'בוא ל https://קזינו.example עכשיו', ['xn--9dbbj2a6a.example']],
    ['nowhere', 'No link: `https://code.example`, не здесь', []],
  ])('lead to hosts as browsers write them: %s', (_how, body, hosts) => {
    expect(linksOf(body).hosts).toEqual(hosts);
  });

  it('are counted each, and the website is one; a host is named once', () => {
    const body = '[a](https://a.example/1) [b](https://a.example/2) [c](mailto:c@d.example)';
    expect(linksOf(body, { website: 'https://www.a.example/' })).toEqual({
      count: 4,
      hosts: ['a.example'],
      inName: false,
      inWebsite: true,
    });
  });

  it('are all counted, but only a hundred hosts are named', () => {
    const body = Array.from({ length: 150 }, (_, index) => `https://a${index}.example`).join(' ');
    const { count, hosts } = linksOf(body);
    expect([count, hosts.length, hosts[99]]).toEqual([150, 100, 'a99.example']);
  });
});

describe('a name', () => {
  it.each([
    ['casino.com', 'casino.com'],
    ['CASINO.COM', 'casino.com'],
    ['Best casino: www.casino.example!', 'casino.example'],
    ['https://casino.example/win', 'casino.example'],
    ['casino.ru', 'casino.ru'],
    ['Играй (казино.рф)', 'xn--80aodfsg.xn--p1ai'],
    ['онлайн-казино.онлайн', 'xn----7sbb2afcierdfbl.xn--80asehdb'],
    ['赌场.中国', 'xn--mes317j.xn--fiqs8s'],
    ['赌场。com', 'xn--mes317j.com'],
    ['ｃａｓｉｎｏ．ｃｏｍ', 'casino.com'],
    ['cas\u200bino.c\u200bom', 'casino.com'],
    ['casino.xn--p1ai', 'casino.xn--p1ai'],
    ['poker.casino.co.uk/play', 'poker.casino.co.uk'],
  ])('that is or has an address leads there: %s', (name, host) => {
    expect(linksOf('Hello', { name })).toEqual({ count: 0, hosts: [host], inName: true, inWebsite: false });
  });

  it.each([
    'Greta',
    'J.R.R.Tolkien',
    'J. R. R. Tolkien',
    'Dr.No',
    'Anna.Li',
    'Mr. Co',
    'Martin Luther King Jr.',
    'А.С.Пушкин',
    'Анна.К',
    'Dr. с.н.с. Иванов',
    'שלמה המלך',
    '陳大文',
    'greta@guests.example',
    '3.14',
    '…',
    '.com',
    'com',
  ])('that is none leads nowhere: %s', (name) => {
    expect(linksOf('Hello', { name })).toEqual({ count: 0, hosts: [], inName: false, inWebsite: false });
  });
});

describe('a list of hosts', () => {
  it('is read from hosts and addresses', () => {
    const text =
      '# Gambling\ncasino.example\n*.poker.example\nhttps://www.BETS.example/\nКазино.рф\nbets.example\n.xyz\n192.0.2.7';
    expect(readHostList(text)).toEqual({
      entries: ['casino.example', 'poker.example', 'bets.example', 'xn--80aodfsg.xn--p1ai', '.xyz', '192.0.2.7'],
      problems: [],
    });
  });

  it.each([
    ['is a word', 'no_host', 'casino'],
    ['is a word, in Russian', 'no_host', 'казино'],
    ['is a sentence', 'no_host', 'casino.example is bad'],
    ['is an e-mail address', 'no_host', 'a@casino.example'],
    ['is of another scheme', 'no_host', 'ftp://casino.example'],
    ['cannot be a host', 'no_host', 'a..b^c'],
    ['has a path', 'more_than_a_host', 'https://hosting.example/~spammer'],
    ['has a path and no scheme', 'more_than_a_host', 'hosting.example/spammer'],
  ])('says which line %s', (_what, kind, line) => {
    const { entries, problems } = readHostList(`a.example\n${line}`);
    expect([entries, problems]).toEqual([['a.example'], [{ line: 2, kind, text: line }]]);
  });

  it.each([
    ['itself', 'casino.example', 'casino.example'],
    ['a subdomain', 'casino.example', 'win.at.casino.example'],
    ['an international name', 'казино.рф', 'xn--80aodfsg.xn--p1ai'],
    ['all that end so', '.xyz', 'casino.xyz'],
    ['a subdomain of one with www.', 'www.casino.example', 'm.casino.example'],
  ])('finds %s', (_what, entry, host) => {
    const { entries } = readHostList(entry);
    expect(findHost(compileHosts(entries), ['other.example', host])).toBe(entries[0]);
  });

  it.each([
    ['casino.example', 'notcasino.example'],
    ['casino.example', 'casino.example.org'],
    ['win.casino.example', 'casino.example'],
    ['.xyz', 'xyz.example'],
    ['казино.рф', 'казино.example'],
  ])('does not take %s for %s', (entry, host) => {
    const { entries } = readHostList(entry);
    expect(findHost(compileHosts(entries), linksOf(`https://${host}`).hosts)).toBeUndefined();
  });

  it('has 10,000 entries at most', () => {
    const { entries, problems } = readHostList(
      Array.from({ length: mostEntries + 1 }, (_, index) => `a${index}.example`).join('\n'),
    );
    expect([entries.length, problems[0]?.kind]).toEqual([mostEntries, 'too_many']);
  });
});

describe('10,000 hosts and 10,000 hostile characters', () => {
  const matcher = compileHosts(Array.from({ length: 10_000 }, (_, index) => `a${index}.example`));

  it.each([
    ...hostileTexts,
    ['links', filled('[a](http://b.c)')],
    ['hosts of many parts', `https://${filled('a.', 240)}example ${filled('www.')}`],
  ] as const)('take a moment: %s', (_what, body) => {
    const text = renderComment(body).links;
    const work = () => findHost(matcher, readLinks({ text, website: null, name: body }).hosts);
    expect(work()).toBeUndefined();
    expect(leastMilliseconds(work)).toBeLessThan(patience);
  });
});
