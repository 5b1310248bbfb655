import { describe, expect, it } from '@jest/globals';
import { announcement } from '../../src/process/announcement.ts';

const address = 'https://blog.example';

describe('what a start says', () => {
  it('is where the site is', () => {
    const said = announcement({ address, elsewhere: undefined, setupSecret: undefined });
    expect(said).toBe('Rejoinder is at https://blog.example\n');
  });

  it('is how to become its owner, by the same link at each start, while it has none', () => {
    const setupSecret = Buffer.alloc(32, 1);
    const said = announcement({ address, elsewhere: undefined, setupSecret });
    expect(said).toMatch(/ https:\/\/blog\.example\/setup\?token=[\w-]{43}\n$/);
    expect(announcement({ address, elsewhere: undefined, setupSecret })).toBe(said);
    expect(announcement({ address, elsewhere: undefined, setupSecret: Buffer.alloc(32, 2) })).not.toBe(said);
  });

  it('is where the data lie, if that is not where they were asked to be', () => {
    const said = announcement({ address, elsewhere: '/var/lib/elsewhere', setupSecret: undefined });
    expect(said).toContain('Its data lie in /var/lib/elsewhere');
  });
});
