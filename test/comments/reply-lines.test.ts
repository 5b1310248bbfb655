import { describe, expect, it } from '@jest/globals';
import { readReply } from '../../src/comments/form.ts';
import { formReplyLines } from '../../src/comments/reply-lines.ts';
import type { Outcome, Submission } from '../../src/comments/submission.ts';

/** A group that is being stored, until it is let go. */
interface Storing {
  readonly names: readonly string[];
  end(): void;
  fail(): void;
}

const outcomeOf = ({ fields }: Submission): Outcome => ({
  kind: 'conflicting',
  commentId: 1,
  earlierText: fields.name,
});

/** Lines before conversations, of which the test lets go each group. */
function lines({ patience = 1_000_000 }: { patience?: number } = {}) {
  const storing: Storing[] = [];
  const post = formReplyLines(
    (submissions) =>
      new Promise((resolve, reject) => {
        storing.push({
          names: submissions.map(({ fields }) => fields.name),
          end: () => resolve(submissions.map(outcomeOf)),
          fail: () => reject(new Error(`refused with ${submissions.map(({ fields }) => fields.name)}`)),
        });
      }),
    { patience },
  );
  return { storing, post };
}

function reply(name: string, changes: Partial<Submission> & { key?: string } = {}): Submission {
  const { key = '', ...more } = changes;
  return {
    conversationId: 1,
    writer: { kind: 'guest', browserId: undefined },
    fields: { ...readReply(undefined), name, key },
    networkHash: Buffer.from(name.padEnd(16)),
    limit: 0,
    now: new Date('2026-03-10T12:00:00Z'),
    ...more,
  };
}

const namesOf = (storing: readonly Storing[]) => storing.map(({ names }) => names.join(' '));

/** Lets everything happen that waits for nothing but its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Replies to one conversation', () => {
  it('begin at once where nobody is before them, and gather behind those who are', async () => {
    const { storing, post } = lines();
    const answers = ['Ann', 'Bea', 'Cleo'].map((name) => post(reply(name)));
    expect(namesOf(storing)).toEqual(['Ann']);
    storing[0]?.end();
    await settled();
    expect(namesOf(storing)).toEqual(['Ann', 'Bea Cleo']);
    storing[1]?.end();
    expect((await Promise.all(answers)).map((each) => 'earlierText' in each && each.earlierText)).toEqual([
      'Ann',
      'Bea',
      'Cleo',
    ]);
    void post(reply('Dora'));
    expect(namesOf(storing)).toEqual(['Ann', 'Bea Cleo', 'Dora']);
  });

  it('do not wait for those to another one', () => {
    const { storing, post } = lines();
    void post(reply('Ann'));
    void post(reply('Bea', { conversationId: 2 }));
    expect(namesOf(storing)).toEqual(['Ann', 'Bea']);
  });

  it.each<[string, Partial<Submission> & { key?: string }]>([
    ['from one network', { networkHash: Buffer.alloc(16) }],
    ['from one browser', { writer: { kind: 'guest', browserId: 7 } }],
    ['with one key', { key: 'C0FFEE00-0000-4000-8000-000000000000' }],
  ])('%s are never stored together, but in the order in which they came', async (_what, same) => {
    const { storing, post } = lines();
    void post(reply('Ann'));
    void post(reply('Bea', same));
    void post(reply('Cleo', { ...same, ...(same.key && { key: same.key.toLowerCase() }) }));
    void post(reply('Dora'));
    storing[0]?.end();
    await settled();
    storing[1]?.end();
    await settled();
    expect(namesOf(storing)).toEqual(['Ann', 'Bea Dora', 'Cleo']);
  });

  it('are 32 at most in one transaction', async () => {
    const { storing, post } = lines();
    for (let count = 0; count < 40; count += 1) void post(reply(`Guest ${count}`));
    storing[0]?.end();
    await settled();
    storing[1]?.end();
    await settled();
    expect(storing.map(({ names }) => names.length)).toEqual([1, 32, 7]);
  });

  it('are tried one by one where they fail together, so that only the one suffers that is the cause', async () => {
    const { storing, post } = lines();
    void post(reply('Ann'));
    const answers = Promise.allSettled(['Bea', 'Cleo'].map((name) => post(reply(name))));
    storing[0]?.end();
    await settled();
    storing[1]?.fail();
    await settled();
    expect(namesOf(storing)).toEqual(['Ann', 'Bea Cleo', 'Bea', 'Cleo']);
    storing[2]?.fail();
    storing[3]?.end();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('pass those that take too long, and a failure is told to its own writer alone', async () => {
    const { storing, post } = lines({ patience: 1 });
    const stuck = post(reply('Ann'));
    void post(reply('Bea'));
    while (storing.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    void post(reply('Cleo'));
    storing[0]?.fail();
    await expect(stuck).rejects.toThrow('refused with Ann');
    expect(namesOf(storing).slice(0, 2)).toEqual(['Ann', 'Bea']);
    while (storing.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(namesOf(storing)[2]).toBe('Cleo');
  });

  it('begin before those in front of them are told', async () => {
    const order: string[] = [];
    const post = formReplyLines(async (submissions) => {
      order.push(`storing ${submissions.map(({ fields }) => fields.name).join(' ')}`);
      // A promise looks whether what it is resolved with is one, too: that is the moment.
      return submissions.map((submission) =>
        Object.defineProperty(outcomeOf(submission), 'then', {
          get: () => void order.push(`telling ${submission.fields.name}`),
        }),
      );
    });
    await Promise.all(['Ann', 'Bea', 'Cleo'].map((name) => post(reply(name))));
    expect(order).toEqual(['storing Ann', 'storing Bea Cleo', 'telling Ann', 'telling Bea', 'telling Cleo']);
  });
});

describe('A reply that has to wait', () => {
  /** A reply that says when its text is read. */
  const readAs = (name: string, read: () => string) => {
    const submission = reply(name);
    return { ...submission, fields: Object.defineProperty({ ...submission.fields }, 'body', { get: read }) };
  };

  /** Replies that are read while the first of their conversation is being stored, and those that were read. */
  async function waitUntilRead(last: string, replies: Readonly<Record<string, () => string>>) {
    const { storing, post } = lines();
    const seen: string[] = [];
    const reading = (name: string, text: () => string) => () => {
      seen.push(name);
      return text();
    };
    void post(reply('Ann'));
    for (const [name, text] of Object.entries(replies)) void post(readAs(name, reading(name, text)));
    expect(seen).toEqual([]);
    while (!seen.includes(last)) await settled();
    expect(namesOf(storing)).toEqual(['Ann']);
    return [...new Set(seen)];
  }

  it('is read before its turn', async () => {
    expect(await waitUntilRead('Cleo', { Bea: () => 'A thought.', Cleo: () => 'Another.' })).toEqual(['Bea', 'Cleo']);
  });

  it('does no harm where it cannot be read, and those behind it are read all the same', async () => {
    const broken = () => {
      throw new Error('unreadable');
    };
    expect(await waitUntilRead('Cleo', { Bea: broken, Cleo: () => 'A thought.' })).toEqual(['Bea', 'Cleo']);
  });
});
