import { hash, verify } from '@node-rs/argon2';
import type { Message } from '../http/messages.ts';
import { normalise } from '../text/plain-text.ts';

/** Fewest and most characters (Unicode code points) of a password. There is no other rule. */
export const passwordLength = { least: 15, most: 1000 } as const;

// The least that OWASP's Password Storage Cheat Sheet recommends for Argon2id, which is this library's default kind:
// 19 MiB, two passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// The hash of 32 random bytes that nobody kept, at the same cost: what is compared where there is nothing to compare.
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$j7Lqgxm2M7aY4NM4fOaMew$8ZSc4pXYOMRPFVvWTkIBdbDXht00f1wL7LEkS/9xOj0';

/** What keeps a text from being a password here; nothing, if it may be one. */
export function passwordProblem(password: string): Message | undefined {
  const length = [...normalise(password)].length;
  if (length < passwordLength.least) return { key: 'password.short', values: { least: passwordLength.least } };
  if (length > passwordLength.most) return { key: 'password.long', values: { most: passwordLength.most } };
  return undefined;
}

/** @returns Argon2id in PHC string format. The password is taken as typed, spaces and all, but in Unicode's form NFC. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalise(password), cost);
}

/**
 * Whether the password is the one that was hashed.
 *
 * @param stored undefined where there is no such account: the work is the same, the answer is no.
 */
export async function passwordMatches(stored: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(stored ?? nobodysHash, normalise(password));
  return matches && typeof stored === 'string';
}
