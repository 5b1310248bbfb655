import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import {
  type AuthorPowers,
  type Permission,
  permissions,
  type Reach,
  reachOf,
} from '../../src/accounts/permissions.ts';
import type { Role } from '../../src/accounts/table.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { get, post } from './browser.ts';

/** What an author may do on own posts where the settings take one power away, or all of them. */
type Row = [role: Role | undefined, permission: Permission, reach: Reach, withoutIt: Reach, withoutModerating: Reach];

const cells: Row[] = [
  ['owner', 'write', 'all', 'all', 'all'],
  ['owner', 'moderate', 'all', 'all', 'all'],
  ['owner', 'remove', 'all', 'all', 'all'],
  ['owner', 'pin', 'all', 'all', 'all'],
  ['owner', 'close', 'all', 'all', 'all'],
  ['owner', 'take_back_edits', 'all', 'all', 'all'],
  ['owner', 'judge_people', 'all', 'all', 'all'],
  ['owner', 'manage_people', 'all', 'all', 'all'],
  ['owner', 'manage_settings', 'all', 'all', 'all'],
  ['moderator', 'write', 'own', 'own', 'own'],
  ['moderator', 'moderate', 'all', 'all', 'all'],
  ['moderator', 'remove', 'all', 'all', 'all'],
  ['moderator', 'pin', 'all', 'all', 'all'],
  ['moderator', 'close', 'all', 'all', 'all'],
  ['moderator', 'take_back_edits', 'own', 'own', 'own'],
  ['moderator', 'judge_people', 'all', 'all', 'all'],
  ['moderator', 'manage_people', 'none', 'none', 'none'],
  ['moderator', 'manage_settings', 'none', 'none', 'none'],
  ['author', 'write', 'own', 'own', 'own'],
  ['author', 'moderate', 'own', 'none', 'none'],
  ['author', 'remove', 'own', 'none', 'none'],
  ['author', 'pin', 'own', 'none', 'none'],
  ['author', 'close', 'own', 'none', 'none'],
  ['author', 'take_back_edits', 'own', 'own', 'own'],
  ['author', 'judge_people', 'none', 'none', 'none'],
  ['author', 'manage_people', 'none', 'none', 'none'],
  ['author', 'manage_settings', 'none', 'none', 'none'],
  [undefined, 'write', 'none', 'none', 'none'],
  [undefined, 'moderate', 'none', 'none', 'none'],
  [undefined, 'remove', 'none', 'none', 'none'],
  [undefined, 'pin', 'none', 'none', 'none'],
  [undefined, 'close', 'none', 'none', 'none'],
  [undefined, 'take_back_edits', 'none', 'none', 'none'],
  [undefined, 'judge_people', 'none', 'none', 'none'],
  [undefined, 'manage_people', 'none', 'none', 'none'],
  [undefined, 'manage_settings', 'none', 'none', 'none'],
];

const allPowers = { authorsModerate: true, authorsRemove: true, authorsPin: true, authorsClose: true };
const powerFor: Partial<Record<Permission, Partial<AuthorPowers>>> = {
  moderate: { authorsModerate: false },
  remove: { authorsRemove: false },
  pin: { authorsPin: false },
  close: { authorsClose: false },
};

describe('the table of permissions', () => {
  test.each(cells)('%s, %s: %s; %s without that power, %s where authors do not moderate', (...cell) => {
    const [role, permission, reach, withoutIt, withoutModerating] = cell;
    expect(reachOf(role, permission, allPowers)).toBe(reach);
    expect(reachOf(role, permission, { ...allPowers, ...powerFor[permission] })).toBe(withoutIt);
    expect(reachOf(role, permission, { ...allPowers, authorsModerate: false })).toBe(withoutModerating);
  });

  it('has no cell that is missing above', () => {
    const listed = cells.map(([role, permission]) => `${role} ${permission}`);
    for (const [role, row] of Object.entries(permissions)) {
      for (const permission of Object.keys(row)) expect(listed).toContain(`${role} ${permission}`);
    }
  });
});

describe('the pages of the owner', () => {
  let site: TestSite;
  const cookies: Partial<Record<Role | 'visitor', string>> = { visitor: '' };
  beforeAll(async () => {
    site = await createTestSite();
    for (const role of ['owner', 'moderator', 'author'] as const) cookies[role] = (await site.signIn(role)).cookie;
  });
  afterAll(() => site.close());

  const pages: [path: string, visitor: number, author: number, moderator: number, owner: number][] = [
    ['/people', 303, 404, 404, 200],
    ['/settings', 303, 404, 404, 200],
    ['/account', 303, 200, 200, 200],
  ];
  describe.each(pages)('GET %s', (path, visitor, author, moderator, owner) => {
    test.each(Object.entries({ visitor, author, moderator, owner }))('%s: %i', async (who, status) => {
      const response = await get(site, path, cookies[who as Role]).expect(status);
      if (status === 303) expect(response.get('Location')).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
      if (status === 200) expect(response.get('Cache-Control')).toMatch(/no-store|private/);
    });
  });

  // Where the role would do, an empty form is refused for what it lacks.
  const writes: [path: string, visitor: number, author: number, moderator: number, owner: number][] = [
    ['/people/invitations', 403, 403, 403, 422],
    ['/people/invitations/00/withdraw', 403, 403, 403, 404],
    ['/people/2147483647/role', 403, 403, 403, 422],
    ['/people/2147483647/disable', 403, 403, 403, 404],
    ['/people/2147483647/enable', 403, 403, 403, 404],
    ['/people/99999999999/enable', 403, 403, 403, 404],
    ['/settings', 403, 403, 403, 400],
    ['/account/name', 403, 422, 422, 422],
    ['/account/password', 403, 422, 422, 422],
    ['/account/sessions/00/end', 403, 404, 404, 404],
    ['/account/sessions/end-others', 403, 303, 303, 303],
  ];
  describe.each(writes)('POST %s', (path, visitor, author, moderator, owner) => {
    test.each(Object.entries({ visitor, author, moderator, owner }))('%s: %i', async (who, status) => {
      await post(site, path, {}, cookies[who as Role]).expect(status);
    });
  });

  it.each(['/people', '/settings', '/account'])(
    'forgets its cookie where a write brings no word of its origin: %s',
    async (path) => {
      const { default: request } = await import('supertest');
      const action = path === '/people' ? '/people/invitations' : path === '/account' ? '/account/name' : path;
      await request(site.app)
        .post(action)
        .set('Cookie', cookies.owner ?? '')
        .type('form')
        .send({})
        .expect(403);
    },
  );
});
