import { compileHosts, findHost, type HostMatcher, readHostList } from '../rules/hosts.ts';
import type { RuleSettings } from '../rules/rule.ts';
import type { Facts, Lead, Opinion } from './judge.ts';

// Lists are long, and set seldom: each is made ready once.
const ready = new WeakMap<object, HostMatcher>();

/** Takes for spam what leads to a host of the list. */
export function judgeHosts({ hosts = [] }: Facts, settings: RuleSettings['hosts']): Opinion | undefined {
  const found = findHost(matcherOf(settings, settings.spam), hosts);
  return found === undefined ? undefined : { status: 'spam', detail: found };
}

/** Holds what has many links, unless they all lead to hosts of the list. */
export function judgeLinks({ links, hosts = [] }: Facts, settings: RuleSettings['links']): Opinion | undefined {
  const { allowed } = settings;
  if (links <= allowed) return undefined;
  const known = matcherOf(settings, settings.hosts);
  if (hosts.length > 0 && hosts.every((host) => findHost(known, [host]) !== undefined)) return undefined;
  return { status: 'pending', numbers: { links, allowed } };
}

/**
 * Holds what leads where strangers led before, or takes it for spam where there were many. Somebody of whom a comment was approved here
 * may lead anywhere, and to hosts of the list so may anybody.
 */
export function judgeCampaign(
  { leads = [], approvedBefore }: Facts,
  settings: RuleSettings['campaign'],
): Opinion | undefined {
  if (approvedBefore > 0 || leads.length === 0) return undefined;
  const worst = worstOf(leads, settings);
  const weight = worst ? weightOf(worst) : 0;
  if (weight >= settings.spam) return { status: 'spam', numbers: { spam: 1 } };
  return weight >= settings.held ? { status: 'pending', numbers: { spam: 0 } } : undefined;
}

/** The place to which most strangers led, of those where not everybody may lead. */
export function worstOf(leads: readonly Lead[], settings: RuleSettings['campaign']): Lead | undefined {
  if (leads.length === 0) return undefined;
  const allowed = matcherOf(settings, settings.hosts);
  const counted = leads.filter(({ host }) => findHost(allowed, [host]) === undefined);
  return counted.toSorted((one, other) => weightOf(other) - weightOf(one))[0];
}

// What was confirmed as spam counts twice.
function weightOf({ others, spam }: Lead): number {
  return others + spam;
}

function matcherOf(settings: object, list: string): HostMatcher {
  const known = ready.get(settings);
  if (known) return known;
  const made = compileHosts(readHostList(list).entries);
  ready.set(settings, made);
  return made;
}
