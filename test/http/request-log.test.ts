import { expect, it } from '@jest/globals';
import { loggedPath } from '../../src/http/request-log.ts';

it.each([
  ['/posts/lacking-leadership?utm_source=x', '/posts/lacking-leadership'],
  ['/password-reset/secret?secret', '/password-reset/…'],
  ['//Invitations/secret', '/Invitations/…'],
  ['http://x/password-reset/secret?secret', '/password-reset/…'],
  ['HTTPS://secret:secret@x//setup/secret', '/setup/…'],
  ['http:\\\\x\\invitations\\secret', '/invitations/…'],
  ['http://x/a/../password-reset/secret', '/password-reset/…'],
  ['http://x?secret', '/'],
  ['http://[secret', ''],
  ['/moderation/by-mail/1-2-3.secret', '/moderation/by-mail/…'],
  ['/moderation/by-mail/leave/1.secret', '/moderation/by-mail/leave/…'],
  ['/appeals/1-2.secret', '/appeals/…'],
  ['/reports/1.secret', '/reports/…'],
  ['*', ''],
])('a request for %s is logged as %s', (originalUrl, path) => {
  expect(loggedPath({ originalUrl })).toBe(path);
});
