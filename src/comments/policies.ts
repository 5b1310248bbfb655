import type { Rule, RuleName, SettingsOf } from '../rules/rule.ts';
import type { Facts, Judge, Verdict } from './judge.ts';
import { judgeCopies } from './judge-copies.ts';
import { judgeCampaign, judgeHosts, judgeLinks } from './judge-links.ts';
import { judgeWords } from './judge-words.ts';

/**
 * The judges by their names. What waits for a moderator, none publishes: its writer cannot edit it out of the queue. What is
 * evidence against a comment is a fact that speaks; one that is missing never does.
 */
export const policies: { readonly [Name in RuleName]: Judge<SettingsOf<Name>> } = {
  staff: ({ staffRole, waiting }) => (staffRole && !waiting ? { status: 'approved' } : undefined),
  all_held: ({ mode }) => (mode === 'all_held' ? { status: 'pending' } : undefined),
  person_trusted: ({ standing, waiting }) => (standing === 'trusted' && !waiting ? { status: 'approved' } : undefined),
  person_held: ({ standing }) => (standing === 'held' ? { status: 'pending' } : undefined),
  bait: ({ baited }) => (baited ? { status: 'spam' } : undefined),
  words: judgeWords,
  hosts: judgeHosts,
  copies: judgeCopies,
  campaign: judgeCampaign,
  learned: ({ score = 0 }, { held, spam }) => {
    if (spam !== null && score >= spam) return { status: 'spam', numbers: { spam: 1 } };
    return held !== null && score >= held ? { status: 'pending', numbers: { spam: 0 } } : undefined;
  },
  outside: ({ outside }, { found }) => {
    if (outside === 'discard' || (outside === 'spam' && found === 'spam'))
      return { status: 'spam', numbers: { spam: 1 } };
    return outside === 'spam' ? { status: 'pending', numbers: { spam: 0 } } : undefined;
  },
  disguise: ({ disguised = 0 }, { held, spam }) => {
    if (disguised >= spam) return { status: 'spam', numbers: { count: disguised, spam: 1 } };
    return disguised >= held ? { status: 'pending', numbers: { count: disguised, spam: 0 } } : undefined;
  },
  links: judgeLinks,
  name_link: ({ nameLink }) => (nameLink ? { status: 'pending' } : undefined),
  flooding: ({ recentFromBrowser, recentFromNetwork }, { browser, network }) =>
    recentFromBrowser >= browser || recentFromNetwork >= network
      ? { status: 'pending', numbers: { recent: Math.max(recentFromBrowser, recentFromNetwork) } }
      : undefined,
  wave: ({ recentOnSite = 0, approvedBefore }, { comments }) =>
    recentOnSite >= comments && approvedBefore === 0
      ? { status: 'pending', numbers: { recent: recentOnSite } }
      : undefined,
  haste: ({ secondsToWrite = Number.POSITIVE_INFINITY }, { seconds }) =>
    secondsToWrite < seconds ? { status: 'pending', numbers: { seconds: secondsToWrite } } : undefined,
  post_age: ({ postAgeDays = 0 }, { days }) =>
    postAgeDays >= days ? { status: 'pending', numbers: { days: postAgeDays } } : undefined,
  first_comment: ({ mode, approvedBefore }, { comments }) =>
    mode === 'first_held' && approvedBefore < comments
      ? { status: 'pending', numbers: { needed: comments } }
      : undefined,
  // Reports come later, and are judged when they do: see take-report.ts.
  reports: () => undefined,
  waiting: ({ waiting }) => (waiting ? { status: 'pending' } : undefined),
  standard: () => ({ status: 'approved' }),
};

/**
 * Judges a comment by every rule in force. All judge; the first opinion decides, so their order is part of the rules.
 *
 * @param words see `Judge`.
 * @throws RangeError where none has an opinion: the last one must.
 */
export function judgeComment(facts: Facts, { rules, words }: { rules: readonly Rule[]; words: string }): Verdict {
  const opinions = rules.flatMap(({ name, settings }) => {
    const judge = policies[name] as Judge<typeof settings>;
    const opinion = judge(facts, settings, words);
    return opinion ? [{ rule: name, ...opinion }] : [];
  });
  const [decisive] = opinions;
  if (!decisive) throw new RangeError('No rule had an opinion.');
  return { rule: decisive.rule, status: decisive.status, numbers: decisive.numbers ?? {}, opinions, facts };
}
