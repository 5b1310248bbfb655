import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { defaultRules, type RuleChoice } from '../../src/rules/rule.ts';
import { type Ended, killLeftovers, runCommand } from '../process/spawned.ts';
import { decideOn, replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(60_000);

let site: TestSite;
let url: string;
let folder: string;
let approved: number;

beforeAll(async () => {
  site = await createTestSite();
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-replay-'));
  url = await addressOf(site);
  const moderator = await site.signIn('moderator', 'Mona Moderator');
  await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  const path = `/posts/${(await addPost(site.db, { title: 'On rules' })).slug}`;
  approved = (await replyTo(site, path, { name: 'Ann Approved', body: links(4) })).id;
  await decideOn(site, moderator, approved, { action: 'approve' });
  await replyTo(site, path, { name: 'Paul Plain', body: `One: ${links(1)}` });
});
afterAll(async () => {
  killLeftovers();
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

const links = (count: number) => Array.from({ length: count }, (_, index) => `https://l${index}.example`).join(' ');

describe('replay', () => {
  it('says what the rules of a file would have done, in numbers and by name, and fails where people had decided otherwise', async () => {
    const spam = withSettings('hosts', { spam: 'l0.example' });
    const { code, output, errors } = await replay(await save(spam), '--allow', '0');
    expect(code).toBe(1);
    expect(output).toContain('Taken for spam: 0 → 2 (1 against what a person decided)');
    expect(output).toContain(
      '1 comment taken for spam instead of held A person had decided otherwise about one of them.',
    );
    expect(output).toMatch(
      new RegExp(`${approved} · Ann Approved · On rules · .*\n.*Held: it has 4 links.*\n.*it leads to a place`),
    );
    expect(output).toContain('A person: Approved it.');
    expect(errors).toMatch(
      /^2 of 2 comments\nNew verdicts that go against what a person decided: 1, and 0 allowed\.\n$/,
    );
  });

  it('fails only where that is more than is allowed, or where nothing is said', async () => {
    const file = await save(withSettings('hosts', { spam: 'l0.example' }));
    expect((await replay(file, '--allow', '1')).code).toBe(0);
    expect((await replay(file)).code).toBe(0);
    const lenient = await replay(await save(withSettings('links', { allowed: 9, hosts: '' })), '--allow', '0');
    expect([lenient.code, lenient.output]).toEqual([0, expect.stringContaining('None of that goes against')]);
  });

  it('takes the rules that are set where none are given', async () => {
    expect((await replay()).output).toContain('None would meet another verdict than then.');
    await setRule(site.db, 'links', { settings: { allowed: 0, hosts: '' } });
    expect((await replay()).output).toContain('1 comment held instead of published');
    await setRule(site.db, 'links', { settings: { allowed: 2, hosts: '' } });
  });

  it('tells a program the same as JSON, which has ids and no names or texts', async () => {
    const { code, output } = await replay(await save(withSettings('hosts', { spam: 'l0.example' })), '--json');
    expect(code).toBe(0);
    const told = JSON.parse(output);
    expect(told).toMatchObject({
      scope: { comments: 10_000 },
      judged: 2,
      changes: { all: 2, otherwise: 1 },
      before: { approved: { all: 1, otherwise: 0 }, pending: { all: 1, otherwise: 1 } },
      after: { spam: { all: 2, otherwise: 1 } },
    });
    const kind = told.changed.find(({ from, to }: { from: string; to: string }) => from === 'pending' && to === 'spam');
    expect(kind.against).toMatchObject([{ commentId: approved, decided: 'approved', after: { rule: 'hosts' } }]);
    expect(output).not.toMatch(/Ann|Paul/);
  });

  it('looks at so many comments, or days, as it is told', async () => {
    expect((await replay('--comments', '1')).output).toContain('The only comment of this site');
    expect((await replay('--days', '0')).output).toContain('No comment was judged of the last 0 days');
  });

  it.each([
    [['--comments', 'many'], '--comments takes a whole number.'],
    [['--comments', '1', '--days', '1'], 'Either --comments or --days, not both.'],
    [['--allow', '-1'], '--allow'],
  ])('explains what it cannot understand: %j', async (words, sentence) => {
    const { code, errors } = await replay(...words);
    expect(code).toBe(2);
    expect(errors).toContain(sentence);
    expect(errors).toContain('For example: npm run rejoinder -- replay --rules rules.json --days 90 --allow 0');
  });

  it.each<[string, unknown, RegExp]>([
    ['is no list of rules', { links: 3 }, /It is no list of rules/],
    [
      'has a rule that there is not',
      [...defaultRules, { name: 'magic', enabled: true, settings: {} }],
      /no rule “magic”/,
    ],
    ['leaves a rule out', defaultRules.slice(1), /The rule “person_held” is missing\./],
    ['has a rule twice', [...defaultRules, defaultRules[0]], /A rule is there twice\./],
    ['has a setting that there is not', withSettings('links', { allowed: 2, hosts: '', most: 3 }), /no setting “most”/],
    ['lacks a setting', withSettings('links', { allowed: 2 }), /“links” lacks its setting “hosts”/],
    ['has a number that cannot be', withSettings('links', { allowed: 101, hosts: '' }), /links\.allowed: Please enter/],
    ['has a list with nonsense', withSettings('hosts', { spam: 'not a host' }), /hosts\.spam: Line 1 is no host/],
  ])('refuses a file that %s, in a sentence', async (_what, rules, sentence) => {
    const { code, output, errors } = await replay(await save(rules));
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(sentence);
    expect(errors).not.toMatch(/\n\s+at /);
  });

  it('says so where there is no such file', async () => {
    const { code, errors } = await replay('--rules', join(folder, 'nowhere.json'));
    expect([code, errors]).toEqual([1, expect.stringMatching(/^The rules cannot be read: ENOENT/)]);
  });
});

describe('rules', () => {
  it('prints the rules as they are set, as a file that replay takes', async () => {
    await setRule(site.db, 'words', { settings: { held: 'seldom\nnever “quoted”', spam: '' } });
    const { code, output } = await run('rules');
    expect(code).toBe(0);
    const printed = JSON.parse(output) as RuleChoice[];
    expect(printed.map(({ name }) => name)).toEqual(defaultRules.map(({ name }) => name));
    const { code: taken, output: told } = await replay(await save(printed), '--allow', '0');
    expect([taken, told]).toEqual([0, expect.stringContaining('None would meet another verdict than then.')]);
  });
});

function withSettings(name: string, settings: object): object[] {
  return defaultRules.map((rule) => (rule.name === name ? { ...rule, settings } : rule));
}

let files = 0;

async function save(rules: unknown): Promise<string[]> {
  files += 1;
  const file = join(folder, `rules-${files}.json`);
  await writeFile(file, JSON.stringify(rules));
  return ['--rules', file];
}

const replay = (...words: (string | string[])[]): Promise<Ended> => run('replay', ...words.flat());

const run = (...words: string[]): Promise<Ended> => runCommand(words, { DATABASE_URL: url, SAMPLE_CONTENT: 'none' });

async function addressOf({ db }: TestSite): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  return (process.env.TEST_DATABASE_URL ?? '').replace('/rejoinder?', `/${rows[0]?.name}?`);
}
