import { expect, it, test } from '@jest/globals';
import { hashNetwork } from '../../src/http/network.ts';

const secret = Buffer.alloc(32, 1);
const hash = (ip: string) => hashNetwork(secret, ip).toString('hex');

test.each([
  ['192.0.2.1', '::ffff:192.0.2.1'],
  ['192.0.2.1', '::FFFF:192.0.2.1'],
  ['192.0.2.1', '0:0:0:0:0:ffff:192.0.2.1'],
  ['192.0.2.1', '::ffff:c000:201'],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8:1:2::1', '2001:0db8:0001:0002:0000:0000:0000:0009'],
  ['2001:db8:1:2::1', '2001:DB8:1:2::1'],
  ['2001:db8::1', '2001:db8:0:0::1'],
  ['2001:db8::5:0:0:1', '2001:db8:0:0:5::1'],
  ['fe80::1%eth0', 'fe80::2'],
  ['::1', '::'],
])('%s and %s are one network', (one, other) => {
  expect(hash(one)).toBe(hash(other));
});

test.each([
  ['192.0.2.1', '192.0.2.2'],
  ['192.0.2.1', '::192.0.2.1'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['2001:db8:1::1', '2001:db8::1:1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
  ['::ffff:c000:201', '::ffff:c000:202'],
  ['', '127.0.0.1'],
])('%s and %s are two', (one, other) => {
  expect(hash(one)).not.toBe(hash(other));
});

it('is sixteen bytes that nobody can make without the key', () => {
  expect(hashNetwork(secret, '192.0.2.1')).toHaveLength(16);
  expect(hashNetwork(Buffer.alloc(32, 2), '192.0.2.1').toString('hex')).not.toBe(hash('192.0.2.1'));
});

it.each(['unknown', '192.0.2.1:8080', '[2001:db8::1]', 'x'.repeat(5000), ':::', '1::2::3'])(
  'takes whatever a proxy tells: %.20s',
  (text) => {
    expect(hash(text)).toHaveLength(32);
  },
);
