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
  if (!isIPv6(ip)) return ip;
  const groups = groupsOf(ip);
  // An IPv4 address that came over an IPv6 socket, in whatever way a proxy writes it.
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return groups.slice(6).map(twoBytes).join('.');
  return groups.slice(0, 4).join(':');
}

// All eight, in lower case and without leading zeros: the parser of URLs knows every spelling.
function groupsOf(ip: string): string[] {
  const [head = '', tail = ''] = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1).split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

function twoBytes(group: string): string {
  const number = Number.parseInt(group, 16);
  return `${number >> 8}.${number & 255}`;
}
