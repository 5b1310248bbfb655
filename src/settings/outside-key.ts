import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { MessageKey } from '../http/messages.ts';
import { type Network, verifyKey } from '../outside/ask.ts';
import { findKey } from '../outside/keys.ts';
import type { RuleSettings } from '../rules/rule.ts';

/**
 * Asks the service elsewhere whether it knows its key, now that this was set.
 *
 * @returns what to say beside that the rules are saved; undefined where it knows the key.
 */
export async function checkKey(
  { db, network, siteAddress }: { db: Kysely<Database>; network: Network; siteAddress: string },
  { url, network: sharesNetwork }: RuleSettings['outside'],
): Promise<MessageKey | undefined> {
  const key = await findKey(db, url);
  if (key === undefined) return 'rules.savedWithoutKey';
  const answer = await verifyKey(network, { service: { url, key, blog: `${siteAddress}/`, sharesNetwork } });
  if (answer.kind === 'valid') return undefined;
  return answer.kind === 'invalid' || answer.why === 'refused' ? 'rules.savedKeyUnknown' : 'rules.savedUnanswered';
}
