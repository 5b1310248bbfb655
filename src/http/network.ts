import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';

/**
 * A network's fingerprint, to limit and compare without keeping an address: a keyed hash (HMAC-SHA-256, cut to 16 bytes)
 * of the IPv4 address or the IPv6 /64, which is what one household gets.
 *
 * @param secret 32 bytes; without it the small space of IPv4 addresses could be tried out.
 * @param ip the visitor's address, as Express tells it.
 */
export function hashNetwork(secret: Buffer, ip: string): Buffer {
  return createHmac('sha256', secret).update(networkOf(ip)).digest().subarray(0, 16);
}

function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail = ''] = (ip.split('%')[0] ?? '').split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const groups = ip.includes('::') ? [...left, ...Array(8 - left.length - right.length).fill('0'), ...right] : left;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
