import { describe, expect, it } from '@jest/globals';
import { mailedLink, readMailedLink } from '../../src/following/links.ts';

const maker = { siteAddress: 'https://blog.example', secret: Buffer.alloc(32, 1) };
const tokenOf = (link: string) => link.split('/').at(-1) ?? '';

describe('A mailed link', () => {
  it('holds ids, no address, and can be read again', () => {
    const link = mailedLink(maker, 'leave', [12, 345]);
    expect(link).toMatch(/^https:\/\/blog\.example\/following\/leave\/12-345\.[\w-]{22}$/);
    expect(readMailedLink(maker.secret, 'leave', tokenOf(link))).toEqual([12, 345]);
  });

  it('is the same in every mail', () => {
    expect(mailedLink(maker, 'confirm', [7])).toBe(mailedLink(maker, 'confirm', [7]));
  });

  it('is good for one purpose, and with the key of this site', () => {
    const token = tokenOf(mailedLink(maker, 'leave', [7]));
    expect(readMailedLink(maker.secret, 'confirm', token)).toBeUndefined();
    expect(readMailedLink(maker.secret, 'leave-digest', token)).toBeUndefined();
    expect(readMailedLink(Buffer.alloc(32, 2), 'leave', token)).toBeUndefined();
  });

  it.each(['', '.', '7', '7.', '.AAAA', '7-8.', `7.${'A'.repeat(22)}`, '7.AAAA.AAAA', '__proto__'])(
    'cannot be made up: “%s”',
    (token) => {
      expect(readMailedLink(maker.secret, 'leave', token)).toBeUndefined();
    },
  );

  it('cannot be changed', () => {
    const token = tokenOf(mailedLink(maker, 'leave', [7, 8]));
    for (const changed of [token.replace('7-8', '7-9'), token.replace('7-8', '78'), `${token}.`, `0${token}`]) {
      expect(readMailedLink(maker.secret, 'leave', changed)).toBeUndefined();
    }
  });
});
