import { describe, expect, it } from '@jest/globals';
import { maskAddress, maskAddresses } from '../../src/mail/mask.ts';

describe('An address as staff see it', () => {
  it.each([
    ['maria@example.org', 'm…@example.org'],
    ['m@example.org', 'm…@example.org'],
    ['äpfel@obst.example', 'ä…@obst.example'],
    ['😀smile@example.org', '😀…@example.org'],
    ['', '…'],
  ])('%s is %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });

  it('is masked wherever it stands in a text', () => {
    const answer = '550 5.1.1 <maria.smith+x@mail.example.org>: no such user; see ("peter@example.org") and a@b';
    expect(maskAddresses(answer)).toBe(
      '550 5.1.1 <m…@mail.example.org>: no such user; see ("p…@example.org") and a…@b',
    );
  });
});
