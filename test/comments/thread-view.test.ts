import { describe, expect, it } from '@jest/globals';
import { sortKey } from '../../src/comments/thread.ts';
import type { ThreadSlice } from '../../src/comments/thread-queries.ts';
import type { ReadableComment } from '../../src/comments/thread-rows.ts';
import { type CommentView, deepestList, presentThread, type ThreadContext } from '../../src/comments/thread-view.ts';
import { trustStored } from '../../src/text/trusted-html.ts';

const posted = new Date('2026-01-01T12:00:00Z');
const context: ThreadContext = {
  authorIds: new Set(),
  closingAt: () => undefined,
  closedBranches: [],
  hasTools: false,
  editMinutes: 15,
  now: posted,
  ownNotes: new Map(),
  nextHref: '/next',
};

describe('Lists within lists', () => {
  it('nest eight levels below the first; what is deeper follows in the last list, in reading order', () => {
    const list = present({ comments: chain(14) });
    expect(shape(list)).toBe('1(2(3(4(5(6(7(8(9 10 11 12 13 14))))))))');
    expect(flatten(list).map(({ flat }) => flat)).toEqual(ids(14).map((id) => id > deepestList));
  });

  it('keep those apart who answer the same deep comment, and those who answer its replies', () => {
    const [ten, eleven, twelve] = [row(10, ids(9)), row(11, [...ids(9), 10]), row(12, [...ids(9), 10, 11])];
    const [late, later] = [row(20, [...ids(9), 10]), row(21, ids(8))];
    expect(shape(present({ comments: [...chain(9), ten, eleven, twelve, late, later] }))).toBe(
      '1(2(3(4(5(6(7(8(9 10 11 12 20 21))))))))',
    );
  });

  it('name who is answered, where that can be read', () => {
    const names = flatten(present({ comments: [row(1), placeholder(2, [1]), row(3, [1, 2]), row(4, [1])] }));
    expect(names.map(({ parentName }) => parentName)).toEqual([undefined, 'Guest 1', undefined, 'Guest 1']);
  });

  it('hold 200 levels without losing one', () => {
    expect(flatten(present({ comments: chain(200) })).map(({ id }) => id)).toEqual(ids(200));
  });
});

describe('The link that continues a thread', () => {
  it('stands where indentation stops, and every eight levels below, where more follows', () => {
    const links = flatten(present({ comments: chain(18) })).filter(({ threadHref }) => threadHref);
    expect(links.map(({ threadHref }) => threadHref)).toEqual(['/comments/9/thread', '/comments/17/thread']);
  });

  it('does not stand on the last comment of a thread, unless the page ends there', () => {
    const at = (next: ThreadSlice['next']) => flatten(present({ comments: chain(9), next })).at(-1)?.threadHref;
    expect(at(undefined)).toBeUndefined();
    expect(at({ after: 9, parentId: 8 })).toBeUndefined();
    expect(at({ after: 9, parentId: 9 })).toBe('/comments/9/thread');
  });
});

describe('A branch that the page cuts', () => {
  const comments = [row(1), row(2, [1]), row(3, [1, 2]), row(4, [1, 2])];
  const cutAt = (parentId: number | null) => flatten(present({ comments, next: { after: 4, parentId } }));

  it('says so at its place: below what is answered by the first comment that follows', () => {
    const marks = cutAt(2).map(({ replies }) => replies?.more);
    expect(marks).toEqual([undefined, { name: 'Guest 2', href: '/next' }, undefined, undefined]);
  });

  it('says so below its last comment, where that is answered', () => {
    const [, , , last] = cutAt(4);
    expect(last?.replies).toEqual({ comments: [], count: 0, part: 'cut', more: { name: 'Guest 4', href: '/next' } });
  });

  it('says so at the end of the last list, where the comment that is answered has none of its own', () => {
    const deep = flatten(present({ comments: chain(12), next: { after: 12, parentId: 11 } }));
    expect(deep.filter(({ replies }) => replies?.more).map(({ id, replies }) => [id, replies?.more?.name])).toEqual([
      [deepestList - 1, 'Guest 11'],
    ]);
  });

  it('does not say how many replies there are, only how many at least', () => {
    expect(cutAt(2).map(({ replies }) => [replies?.part, replies?.count])).toEqual([
      ['cut', 3],
      ['cut', 2],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('is none where the next page begins a branch, or answers what this page does not show', () => {
    for (const parentId of [null, 77]) {
      expect(cutAt(parentId).some(({ replies }) => replies?.more || replies?.part === 'cut')).toBe(false);
    }
  });

  it('is found through a gap in what the page repeats', () => {
    const above = ids(6).map((id) => row(id, ids(id - 1)));
    const far = ids(40)
      .slice(20)
      .map((id) => row(id, ids(id - 1)));
    const list = flatten(
      present({ above: [...above, ...far], comments: [row(50, ids(40))], next: { after: 50, parentId: 40 } }),
    );
    expect(list.filter(({ replies }) => replies?.more).map(({ replies }) => replies?.more?.name)).toEqual(['Guest 40']);
  });
});

describe('A page that goes on within a branch', () => {
  const above = [row(5, ids(4)), row(6, ids(5))];
  const list = flatten(present({ above, comments: [row(9, ids(6)), row(3, [])] }));

  it('repeats what stands above, with a way further up', () => {
    expect(list.map(({ id, repeated }) => [id, repeated])).toEqual([
      [5, true],
      [6, true],
      [9, false],
      [3, false],
    ]);
    expect(list.map(({ furtherUpHref }) => furtherUpHref)).toEqual(['/comments/4', undefined, undefined, undefined]);
  });

  it('does not count replies of which some stand before it', () => {
    expect(list.map(({ replies }) => replies?.part)).toEqual(['continued', 'continued', undefined, undefined]);
  });
});

describe('A comment', () => {
  it('shows no way up to what its writer alone could not see either', () => {
    const own = { ...row(3, [1, 2]), status: 'pending', own: true } as const;
    const ownNotes = new Map([[3, { status: 'pending', sentences: [], appealHref: undefined } as const]]);
    const [view] = presentThread({ above: [], comments: [own], next: undefined }, { ...context, ownNotes });
    expect(view).toMatchObject({ own: true, furtherUpHref: undefined, replyHref: undefined });
  });
});

function present({ above = [], comments = [], next }: Partial<ThreadSlice>): CommentView[] {
  return presentThread({ above, comments, next }, context);
}

function ids(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}

function chain(length: number): ReadableComment[] {
  return ids(length).map((id) => row(id, ids(id - 1)));
}

function row(id: number, above: readonly number[] = []): ReadableComment {
  const key = [...above, id].reduce<Buffer | undefined>((parent, each) => sortKey(parent, each), undefined);
  return {
    id,
    parentId: above.at(-1) ?? null,
    key: key as Buffer,
    depth: above.length + 1,
    createdAt: posted,
    accountId: null,
    status: 'approved',
    own: false,
    reason: undefined,
    content: {
      name: `Guest ${id}`,
      website: null,
      html: trustStored('<p>Text</p>'),
      editedAt: undefined,
      addressConfirmed: false,
    },
    version: '1',
  };
}

function placeholder(id: number, above: readonly number[]): ReadableComment {
  return { ...row(id, above), status: 'removed', content: undefined };
}

function flatten(views: readonly CommentView[]): CommentView[] {
  return views.flatMap((view) => [view, ...flatten(view.replies?.comments ?? [])]);
}

// "1(2 3)": 1, and below it 2 and 3.
function shape(views: readonly CommentView[]): string {
  return views.map(({ id, replies }) => (replies ? `${id}(${shape(replies.comments)})` : String(id))).join(' ');
}
