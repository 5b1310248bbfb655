import { describe, expect, it } from '@jest/globals';
import type { CommentStatus } from '../../src/comments/lifecycle.ts';
import { decidedByPerson, isOtherwise } from '../../src/replay/decided.ts';
import type { Decided, VerdictStatus } from '../../src/replay/result.ts';

describe('What a person decided', () => {
  const by = (action: string, actorId: number | null, rule?: string) => ({
    action,
    actorId,
    rule: rule === undefined ? undefined : { rule, numbers: {} },
  });

  it.each<[string, CommentStatus, Parameters<typeof decidedByPerson>[1], Decided | undefined]>([
    ['a moderator approved it', 'approved', by('approve', 1), 'approved'],
    ['a moderator rejected it', 'rejected', by('reject', 1), 'rejected'],
    ['a moderator removed it', 'removed', by('remove', 1), 'removed'],
    ['a moderator marked it as spam', 'spam', by('spam', 1), 'spam'],
    ['a moderator restored it', 'approved', by('restore', 1), 'approved'],
    ['a moderator put it back into the queue', 'pending', by('restore', 1), undefined],
    ['a rule published it', 'approved', by('post', null, 'standard'), undefined],
    ['one of the staff wrote it', 'approved', by('post', 1, 'staff'), undefined],
    ['a rule took it for spam when one of the staff edited it', 'spam', by('spam', 1, 'words'), undefined],
    ['its writer deleted it', 'deleted', by('delete', null), undefined],
    ['nobody knows any more how it came there', 'approved', undefined, undefined],
  ])('is known where %s', (_what, status, deciding, decided) => {
    expect(decidedByPerson(status, deciding)).toBe(decided);
  });

  it.each<[VerdictStatus, Decided | undefined, boolean]>([
    ['approved', 'approved', false],
    ['pending', 'approved', true],
    ['spam', 'approved', true],
    ['approved', 'rejected', true],
    ['approved', 'removed', true],
    ['approved', 'spam', true],
    ['pending', 'rejected', false],
    ['pending', 'spam', false],
    ['spam', 'rejected', false],
    ['spam', 'spam', false],
    ['spam', undefined, false],
    ['approved', undefined, false],
  ])('and a rule says %s: %s is otherwise, %s', (verdict, decided, otherwise) => {
    expect(isOtherwise(verdict, decided)).toBe(otherwise);
  });
});
