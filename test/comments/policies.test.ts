import { describe, expect, it, test } from '@jest/globals';
import { explainVerdict } from '../../src/comments/explain.ts';
import type { Facts, Judge, Lead, Opinion } from '../../src/comments/judge.ts';
import { judgeComment, policies } from '../../src/comments/policies.ts';
import { createTranslate, type MessageKey } from '../../src/http/messages.ts';
import { defaultRules, type Rule, type RuleName, rulesInForce, type SettableRule } from '../../src/rules/rule.ts';

const judged = (facts: Facts, rules: readonly Rule[], words = '') => judgeComment(facts, { rules, words });

const guest: Facts = {
  staffRole: null,
  mode: 'first_held',
  links: 0,
  approvedBefore: 1,
  recentFromBrowser: 0,
  recentFromNetwork: 0,
};

const t = createTranslate('en');
const usual = rulesInForce(defaultRules);
const all = rulesInForce(defaultRules.map((rule) => ({ ...rule, enabled: true })));

describe('The list of policies', () => {
  test('begins with an order that is a decision: who works here, what is held anyway, what only programs do, what looks like spam, whom moderators trust, who is new, who waits, the rest', () => {
    const order: RuleName[] = [
      ...([
        'staff',
        'all_held',
        'person_held',
        'bait',
        'words',
        'hosts',
        'copies',
        'campaign',
        'disguise',
        'links',
      ] as const),
      ...(['name_link', 'flooding', 'person_trusted', 'first_comment', 'waiting', 'standard'] as const),
    ];
    expect(usual.map(({ name }) => name)).toEqual(order);
  });

  const approved: Opinion = { status: 'approved' };
  const held = (numbers?: Record<string, number>): Opinion => ({ status: 'pending', ...(numbers && { numbers }) });
  const spam: Opinion = { status: 'spam' };
  const shop = 'xn--80aairftm.xn--p1ai';
  const led = (others: number, spam = 0): Lead => ({ host: shop, place: shop, others, spam });
  const cases: [string, RuleName, Partial<Facts>, Opinion | undefined, Partial<Rule['settings']>?][] = [
    ['an owner', 'staff', { staffRole: 'owner' }, approved],
    ['a moderator', 'staff', { staffRole: 'moderator' }, approved],
    ['an author', 'staff', { staffRole: 'author' }, approved],
    ['a guest', 'staff', {}, undefined],
    ['a guest where everything is held', 'all_held', { mode: 'all_held' }, held()],
    ['a guest where first comments are held', 'all_held', {}, undefined],
    ['a guest where nothing is held', 'all_held', { mode: 'open' }, undefined],
    ['as many links as are allowed', 'links', { links: 2 }, undefined],
    ['one link more', 'links', { links: 3 }, held({ links: 3, allowed: 2 })],
    ['a link where none is allowed', 'links', { links: 1 }, held({ links: 1, allowed: 0 }), { allowed: 0 }],
    ['two links where more are allowed to some hosts', 'links', { links: 2, hosts: ['a.example'] }, undefined],
    [
      ...(['many links to a host that is no matter', 'links', { links: 9, hosts: ['www.b.example'] }] as const),
      ...([undefined, { hosts: 'b.example' }] as const),
    ],
    [
      ...(['many links, one of them elsewhere', 'links', { links: 9, hosts: ['b.example', 'c.example'] }] as const),
      ...([held({ links: 9, allowed: 2 }), { hosts: 'b.example' }] as const),
    ],
    [
      ...(['a link to a host of the list', 'hosts', { links: 1, hosts: ['pay.casino.example'] }] as const),
      ...([{ ...spam, detail: 'casino.example' }, { spam: 'casino.example' }] as const),
    ],
    ['a link elsewhere', 'hosts', { hosts: ['a.example'] }, undefined, { spam: 'casino.example' }],
    ['links that nobody looked at', 'hosts', {}, undefined, { spam: 'casino.example' }],
    ['one that said the same before', 'copies', { copies: { same: 1, near: 0 } }, undefined],
    ['two that said the same or nearly', 'copies', { copies: { same: 1, near: 1 } }, held({ count: 2, spam: 0 })],
    [
      ...(['four that said the same or nearly', 'copies', { copies: { same: 3, near: 1 } }] as const),
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    ['a text that is too short to be a copy', 'copies', {}, undefined],
    ['a low score', 'learned', { score: 69 }, undefined],
    ['a high score', 'learned', { score: 70 }, held({ spam: 0 })],
    ['a very high score', 'learned', { score: 90 }, { status: 'spam', numbers: { spam: 1 } }],
    ['a very high score where none is enough', 'learned', { score: 100 }, undefined, { held: null, spam: null }],
    ['a score where only spam is marked', 'learned', { score: 89 }, undefined, { held: null, spam: 90 }],
    ['no score', 'learned', {}, undefined],
    ['what the service elsewhere takes for spam', 'outside', { outside: 'spam' }, held({ spam: 0 })],
    [
      'the same where that is spam',
      'outside',
      { outside: 'spam' },
      { ...spam, numbers: { spam: 1 } },
      { found: 'spam' },
    ],
    ['what it is sure of', 'outside', { outside: 'discard' }, { ...spam, numbers: { spam: 1 } }],
    ['what it takes for good', 'outside', { outside: 'good' }, undefined, { found: 'spam' }],
    ['what it said nothing of', 'outside', {}, undefined, { found: 'spam' }],
    ['three copies', 'copies', { copies: { same: 1, near: 2, spam: 0 } }, held({ count: 3, spam: 0 })],
    [
      'three copies of comments of an earlier version',
      'copies',
      { copies: { same: 3, near: 0 } },
      held({ count: 3, spam: 0 }),
    ],
    ['four copies', 'copies', { copies: { same: 0, near: 4, spam: 0 } }, { ...spam, numbers: { count: 4, spam: 1 } }],
    [
      ...(['a sentence that four others said nearly', 'copies'] as const),
      ...([{ copies: { same: 1, near: 3, spam: 2 }, comparedWords: 31 }, held({ count: 4, spam: 0 })] as const),
    ],
    [
      ...(['a sentence that four others said just so', 'copies'] as const),
      { copies: { same: 4, near: 0, spam: 0 }, comparedWords: 19 },
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    [
      ...(['a text of some sentences that four others said nearly', 'copies'] as const),
      { copies: { same: 0, near: 4, spam: 0 }, comparedWords: 32 },
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    [
      ...(['a sentence with a link that four others said nearly', 'copies'] as const),
      { copies: { same: 0, near: 4, spam: 0 }, comparedWords: 19, links: 1 },
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    [
      ...(['such a sentence with a disguised word', 'copies'] as const),
      { copies: { same: 0, near: 4, spam: 0 }, comparedWords: 19, disguised: 1 },
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    [
      ...(['such a sentence under an address as a name', 'copies'] as const),
      { copies: { same: 0, near: 4, spam: 0 }, comparedWords: 19, nameLink: true },
      { status: 'spam', numbers: { count: 4, spam: 1 } },
    ],
    [
      ...(['a text that four others merely resemble', 'copies'] as const),
      ...([
        { copies: { same: 0, near: 4, close: 0, spam: 0 }, comparedWords: 60 },
        held({ count: 4, spam: 0 }),
      ] as const),
    ],
    [
      ...(['one of which three others are copies, and one resembles it', 'copies'] as const),
      ...([
        { copies: { same: 1, near: 3, close: 2, spam: 0 }, comparedWords: 60 },
        held({ count: 4, spam: 0 }),
      ] as const),
    ],
    [
      ...(['one of which four others are copies with changes', 'copies'] as const),
      { copies: { same: 0, near: 5, close: 4, spam: 0 }, comparedWords: 60 },
      { status: 'spam', numbers: { count: 5, spam: 1 } },
    ],
    ['a copy of spam', 'copies', { copies: { same: 1, near: 0, spam: 1 } }, held({ count: 1, spam: 0 })],
    ['a copy of another', 'copies', { copies: { same: 1, near: 0, spam: 0 } }, undefined],
    [
      'a copy of two that are spam',
      'copies',
      { copies: { same: 1, near: 1, spam: 2 } },
      { ...spam, numbers: { count: 2, spam: 1 } },
    ],
    ['a newcomer who leads where one stranger led', 'campaign', { approvedBefore: 0, leads: [led(1)] }, undefined],
    ['where two led', 'campaign', { approvedBefore: 0, leads: [led(1), led(2)] }, held({ spam: 0 })],
    ['where one led in confirmed spam', 'campaign', { approvedBefore: 0, leads: [led(1, 1)] }, held({ spam: 0 })],
    ['where four led', 'campaign', { approvedBefore: 0, leads: [led(4)] }, held({ spam: 0 })],
    ['where five led', 'campaign', { approvedBefore: 0, leads: [led(5)] }, { ...spam, numbers: { spam: 1 } }],
    [
      ...(['where three led, two in confirmed spam', 'campaign', { approvedBefore: 0, leads: [led(3, 2)] }] as const),
      { ...spam, numbers: { spam: 1 } },
    ],
    [
      'to two places where three led each',
      'campaign',
      { approvedBefore: 0, leads: [led(3), led(3)] },
      held({ spam: 0 }),
    ],
    ['somebody known who leads where many led', 'campaign', { approvedBefore: 1, leads: [led(9)] }, undefined],
    [
      ...(['where many led to a host of the list', 'campaign', { approvedBefore: 0, leads: [led(9)] }] as const),
      ...([undefined, { hosts: 'xn--80aairftm.xn--p1ai' }] as const),
    ],
    [
      ...(['where many led and to a host of the list', 'campaign'] as const),
      { approvedBefore: 0, leads: [led(9), { ...led(2), host: 'other.example' }] },
      ...([held({ spam: 0 }), { hosts: 'магазин.рф' }] as const),
    ],
    ['a newcomer who leads nowhere', 'campaign', { approvedBefore: 0, leads: [] }, undefined],
    ['a newcomer of whom nobody asked where it leads', 'campaign', { approvedBefore: 0 }, undefined],
    ['a disguised word', 'disguise', { disguised: 1 }, held({ count: 1, spam: 0 })],
    ['two disguised words', 'disguise', { disguised: 2 }, { ...spam, numbers: { count: 2, spam: 1 } }],
    ['words that are what they seem', 'disguise', { disguised: 0 }, undefined],
    ['words that nobody looked at', 'disguise', {}, undefined],
    ['an address as a name', 'name_link', { nameLink: true }, held()],
    ['a name', 'name_link', { nameLink: false }, undefined],
    ['a name that nobody looked at', 'name_link', {}, undefined],
    ['the hidden field filled in', 'bait', { baited: true }, spam],
    ['the hidden field left empty', 'bait', { baited: false }, undefined],
    ['a form without a hidden field', 'bait', {}, undefined],
    ['a newcomer in a wave', 'wave', { approvedBefore: 0, recentOnSite: 60 }, held({ recent: 60 })],
    ['somebody known in a wave', 'wave', { approvedBefore: 1, recentOnSite: 100 }, undefined],
    ['a newcomer before the wave', 'wave', { approvedBefore: 0, recentOnSite: 59 }, undefined],
    ['two seconds of writing', 'haste', { secondsToWrite: 2 }, held({ seconds: 2 })],
    ['three seconds of writing', 'haste', { secondsToWrite: 3 }, undefined],
    ['a writing that no script timed', 'haste', {}, undefined],
    ['an old post', 'post_age', { postAgeDays: 365 }, held({ days: 365 })],
    ['a post of yesterday', 'post_age', { postAgeDays: 1 }, undefined],
    ['four others from the browser', 'flooding', { recentFromBrowser: 4, recentFromNetwork: 19 }, undefined],
    ['five others from the browser', 'flooding', { recentFromBrowser: 5 }, held({ recent: 5 })],
    ['twenty others from the network', 'flooding', { recentFromNetwork: 20 }, held({ recent: 20 })],
    ['both', 'flooding', { recentFromBrowser: 7, recentFromNetwork: 31 }, held({ recent: 31 })],
    ['nothing approved before', 'first_comment', { approvedBefore: 0 }, held({ needed: 1 })],
    ['two approved of three', 'first_comment', { approvedBefore: 2 }, held({ needed: 3 }), { comments: 3 }],
    ['three approved of three', 'first_comment', { approvedBefore: 3 }, undefined, { comments: 3 }],
    ['one approved before', 'first_comment', { approvedBefore: 1 }, undefined],
    ['nothing approved before, where all is open', 'first_comment', { approvedBefore: 0, mode: 'open' }, undefined],
    ['one of the staff whose comment waits', 'staff', { staffRole: 'owner', waiting: true }, undefined],
    ['what waited when it was edited', 'waiting', { waiting: true }, held()],
    ['what was published when it was edited', 'waiting', { waiting: false }, undefined],
    ['what was just written', 'waiting', {}, undefined],
    ['somebody whom a moderator trusts', 'person_trusted', { standing: 'trusted', approvedBefore: 0 }, approved],
    ['the same whose comment waits', 'person_trusted', { standing: 'trusted', waiting: true }, undefined],
    ['somebody whom a moderator holds', 'person_trusted', { standing: 'held' }, undefined],
    ['somebody whom a moderator holds', 'person_held', { standing: 'held', mode: 'open' }, held()],
    ['somebody whom a moderator trusts', 'person_held', { standing: 'trusted' }, undefined],
    ['anything', 'standard', {}, approved],
  ];
  it.each(cases)('given %s, %s says so', (...[, rule, facts, opinion, set]) => {
    const { settings } = all.find(({ name }) => name === rule) as Rule;
    const judge = policies[rule] as Judge<Rule['settings']>;
    expect(judge({ ...guest, ...facts }, { ...settings, ...set } as Rule['settings'], '')).toEqual(opinion);
  });

  it('publishes what the staff write, whatever else is the matter', () => {
    const facts: Facts = {
      ...guest,
      staffRole: 'author',
      mode: 'all_held',
      links: 50,
      approvedBefore: 0,
      recentFromBrowser: 9,
    };
    const verdict = judged(facts, usual);
    expect(verdict).toMatchObject({ rule: 'staff', status: 'approved' });
    expect(verdict.opinions.map(({ rule }) => rule)).toEqual(['staff', 'all_held', 'links', 'flooding', 'standard']);
  });

  it('names the first reason of several', () => {
    expect(judged({ ...guest, links: 3, approvedBefore: 0 }, usual)).toMatchObject({
      rule: 'links',
      status: 'pending',
    });
    expect(judged({ ...guest, approvedBefore: 0, recentFromNetwork: 20 }, usual).rule).toBe('flooding');
  });

  it('judges the same facts the same again, also after they were stored', () => {
    const verdict = judged({ ...guest, links: 9, approvedBefore: 0 }, usual);
    expect(judged(JSON.parse(JSON.stringify(verdict.facts)), usual)).toEqual(verdict);
  });
});

describe('The rule for words', () => {
  const set = { spam: 'casino bonus\nскидка*', held: 'idiot\nשלום' };
  const cases: [string, Opinion | undefined][] = [
    ['Get your CASINO  bonus!', { status: 'spam', numbers: { spam: 1 }, detail: 'casino bonus' }],
    ['Get your cаsіnо bonus!', { status: 'spam', numbers: { spam: 1 }, detail: 'casino bonus' }],
    ['Только сегодня скидками', { status: 'spam', numbers: { spam: 1 }, detail: 'скидка*' }],
    ['You idiot.', { status: 'pending', numbers: { spam: 0 }, detail: 'idiot' }],
    ['שָׁלוֹם לכולם', { status: 'pending', numbers: { spam: 0 }, detail: 'שלום' }],
    ['An idiotic casino, a bonus.', undefined],
    ['', undefined],
  ];
  it.each(cases)('says of “%s” what the lists say, and the worse one first', (words, opinion) => {
    expect(policies.words(guest, set, words)).toEqual(opinion);
  });

  it('takes both for spam where both lists are met', () => {
    expect(policies.words(guest, set, 'You idiot, casino bonus')?.status).toBe('spam');
  });
});

describe('The rules of a site', () => {
  const inOrder = (...names: SettableRule[]) =>
    rulesInForce(names.flatMap((name) => defaultRules.find((rule) => rule.name === name) ?? []));

  it('are all asked, and the first that has an opinion decides', () => {
    const facts = { ...guest, links: 3, recentFromBrowser: 9 };
    expect(judged(facts, inOrder('links', 'flooding'))).toEqual({
      rule: 'links',
      status: 'pending',
      numbers: { links: 3, allowed: 2 },
      opinions: [
        { rule: 'links', status: 'pending', numbers: { links: 3, allowed: 2 } },
        { rule: 'flooding', status: 'pending', numbers: { recent: 9 } },
        { rule: 'standard', status: 'approved' },
      ],
      facts,
    });
  });

  it('decide otherwise in another order', () => {
    const facts = { ...guest, links: 3, recentFromBrowser: 9 };
    expect(judged(facts, inOrder('flooding', 'links')).rule).toBe('flooding');
  });

  it('say nothing where they are off, for the site or for a conversation', () => {
    const off = defaultRules.map((rule) => ({ ...rule, enabled: rule.name !== 'links' }));
    expect(judged({ ...guest, links: 3 }, rulesInForce(off)).rule).toBe('standard');
    expect(judged({ ...guest, links: 3 }, rulesInForce(off, { links: true })).rule).toBe('links');
    expect(judged({ ...guest, links: 3 }, rulesInForce(defaultRules, { links: false })).rule).toBe('standard');
  });

  it('are a mistake where nobody has an opinion', () => {
    expect(() => judged(guest, usual.slice(0, -1))).toThrow(RangeError);
  });
});

describe('The sentence of a rule', () => {
  it.each(Object.keys(policies) as RuleName[])('exists for %s', (rule) => {
    const key: MessageKey = `rule.${rule}`;
    const numbers = {
      links: 3,
      allowed: 2,
      recent: 5,
      seconds: 1,
      days: 400,
      needed: 1,
      reports: 3,
      spam: 1,
      count: 4,
    };
    expect(t(key, numbers)).not.toBe(key);
    expect(t(key, numbers)).toMatch(/^(Held|Published at once|Taken for spam): .+\.$/);
  });

  const held: [Partial<Facts>, RegExp[]][] = [
    [{ links: 7 }, [/7 links/, /more than 2/]],
    [{ recentFromBrowser: 6 }, [/6 comments/]],
    [{ recentFromNetwork: 21 }, [/21 comments/]],
    [{ approvedBefore: 0 }, [/first comment from this browser/]],
    [{ mode: 'all_held' }, [/every comment/]],
  ];
  it.each(held)('names the numbers of %j', (facts, expected) => {
    const message = explainVerdict(judged({ ...guest, ...facts }, usual));
    const sentence = t(message.key, message.values);
    for (const each of expected) expect(sentence).toMatch(each);
  });
});
