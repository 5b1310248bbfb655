import { describe, expect, it, test } from '@jest/globals';
import { explainVerdict } from '../../src/comments/explain.ts';
import {
  type Facts,
  judgeComment,
  type Opinion,
  type Policy,
  policies,
  type RuleName,
} from '../../src/comments/policies.ts';
import { createTranslate, type MessageKey } from '../../src/http/messages.ts';

const guest: Facts = {
  staffRole: null,
  mode: 'first_held',
  links: 0,
  linksAllowed: 2,
  approvedBefore: 1,
  recentFromBrowser: 0,
  recentFromNetwork: 0,
};

const t = createTranslate('en');

describe('The list of policies', () => {
  test('has an order that is a decision: whom we know, what is held anyway, what looks like spam, whom moderators trust, who is new, who waits, the rest', () => {
    const order: RuleName[] = [
      ...(['staff', 'person_held', 'all_held', 'links', 'flooding'] as const),
      ...(['person_trusted', 'first_comment', 'waiting', 'standard'] as const),
    ];
    expect(policies.map(({ name }) => name)).toEqual(order);
  });

  const approved: Opinion = { status: 'approved' };
  const held = (numbers?: Record<string, number>): Opinion => ({ status: 'pending', ...(numbers && { numbers }) });
  const cases: [string, RuleName, Partial<Facts>, Opinion | undefined][] = [
    ['an owner', 'staff', { staffRole: 'owner' }, approved],
    ['a moderator', 'staff', { staffRole: 'moderator' }, approved],
    ['an author', 'staff', { staffRole: 'author' }, approved],
    ['a guest', 'staff', {}, undefined],
    ['a guest where everything is held', 'all_held', { mode: 'all_held' }, held()],
    ['a guest where first comments are held', 'all_held', {}, undefined],
    ['a guest where nothing is held', 'all_held', { mode: 'open' }, undefined],
    ['as many links as are allowed', 'links', { links: 2 }, undefined],
    ['one link more', 'links', { links: 3 }, held({ links: 3, allowed: 2 })],
    ['a link where none is allowed', 'links', { links: 1, linksAllowed: 0 }, held({ links: 1, allowed: 0 })],
    ['four others from the browser', 'flooding', { recentFromBrowser: 4, recentFromNetwork: 19 }, undefined],
    ['five others from the browser', 'flooding', { recentFromBrowser: 5 }, held({ recent: 5 })],
    ['twenty others from the network', 'flooding', { recentFromNetwork: 20 }, held({ recent: 20 })],
    ['both', 'flooding', { recentFromBrowser: 7, recentFromNetwork: 31 }, held({ recent: 31 })],
    ['nothing approved before', 'first_comment', { approvedBefore: 0 }, held()],
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
  it.each(cases)('given %s, %s says so', (_facts, rule, facts, opinion) => {
    expect(policies.find(({ name }) => name === rule)?.judge({ ...guest, ...facts })).toEqual(opinion);
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
    const verdict = judgeComment(facts);
    expect(verdict).toMatchObject({ rule: 'staff', status: 'approved' });
    expect(verdict.opinions.map(({ rule }) => rule)).toEqual(['staff', 'all_held', 'links', 'flooding', 'standard']);
  });

  it('names the first reason of several', () => {
    expect(judgeComment({ ...guest, links: 3, approvedBefore: 0 })).toMatchObject({ rule: 'links', status: 'pending' });
    expect(judgeComment({ ...guest, approvedBefore: 0, recentFromNetwork: 20 }).rule).toBe('flooding');
  });

  it('judges the same facts the same again, also after they were stored', () => {
    const verdict = judgeComment({ ...guest, links: 9, approvedBefore: 0 });
    expect(judgeComment(JSON.parse(JSON.stringify(verdict.facts)))).toEqual(verdict);
  });
});

describe('Judging by a list', () => {
  const facts = guest;
  const silent: Policy = { name: 'links', judge: () => undefined };
  const holds: Policy = { name: 'flooding', judge: () => ({ status: 'pending', numbers: { recent: 3 } }) };
  const publishes: Policy = { name: 'standard', judge: () => ({ status: 'approved' }) };

  it('asks all, and lets the first opinion decide', () => {
    expect(judgeComment(facts, [silent, holds, publishes])).toEqual({
      rule: 'flooding',
      status: 'pending',
      numbers: { recent: 3 },
      opinions: [
        { rule: 'flooding', status: 'pending', numbers: { recent: 3 } },
        { rule: 'standard', status: 'approved' },
      ],
      facts,
    });
  });

  it('decides otherwise in another order', () => {
    expect(judgeComment(facts, [publishes, holds])).toMatchObject({
      rule: 'standard',
      status: 'approved',
      numbers: {},
    });
  });

  it('shows each judge all facts, and does not change them', () => {
    const seen: Facts[] = [];
    const curious: Policy = {
      name: 'links',
      judge: (given) => {
        seen.push(given);
        return undefined;
      },
    };
    const before = JSON.stringify(facts);
    judgeComment(facts, [curious, curious, publishes]);
    expect(seen).toEqual([facts, facts]);
    expect(JSON.stringify(facts)).toBe(before);
  });

  it('is a mistake where nobody has an opinion', () => {
    expect(() => judgeComment(facts, [silent])).toThrow(RangeError);
    expect(() => judgeComment(facts, [])).toThrow(RangeError);
  });
});

describe('The sentence of a rule', () => {
  it.each(policies.map(({ name }) => name))('exists for %s', (rule) => {
    const key: MessageKey = `rule.${rule}`;
    const numbers = { links: 3, allowed: 2, recent: 5 };
    expect(t(key, numbers)).not.toBe(key);
    expect(t(key, numbers)).toMatch(/^(Held|Published at once): .+\.$/);
  });

  const held: [Partial<Facts>, RegExp[]][] = [
    [{ links: 7, linksAllowed: 4 }, [/7 links/, /more than 4/]],
    [{ links: 1, linksAllowed: 0 }, [/1 link,/, /more than 0/]],
    [{ recentFromBrowser: 6 }, [/6 comments/]],
    [{ recentFromNetwork: 21 }, [/21 comments/]],
    [{ approvedBefore: 0 }, [/first comment from this browser/]],
    [{ mode: 'all_held' }, [/every comment/]],
  ];
  it.each(held)('names the numbers of %j', (facts, expected) => {
    const message = explainVerdict(judgeComment({ ...guest, ...facts }));
    const sentence = t(message.key, message.values);
    for (const each of expected) expect(sentence).toMatch(each);
  });
});
