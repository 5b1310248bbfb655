import type { Role } from '../accounts/table.ts';
import type { StandingKind } from '../persons/table.ts';
import type { CommentMode } from '../site/table.ts';
import type { CommentStatus } from './lifecycle.ts';

/** All that is known of a comment when it is judged, and all that a policy may look at. Stored with the comment. */
export interface Facts {
  /** The role of its writer, if one of the staff who is signed in. */
  readonly staffRole: Role | null;
  /** What the conversation asks for, or else the site. */
  readonly mode: CommentMode;
  /** Links in the text, and one for a website given with the name. */
  readonly links: number;
  readonly linksAllowed: number;
  /** Approved comments written in this browser before; where there are none, those written with an address it has proved. */
  readonly approvedBefore: number;
  /** Comments from this browser and from its network within the last ten minutes. */
  readonly recentFromBrowser: number;
  readonly recentFromNetwork: number;
  /** How a moderator decided to meet its writer; missing where nobody did. */
  readonly standing?: Extract<StandingKind, 'trusted' | 'held'> | undefined;
  /** Whether it waited for a moderator when it was edited; missing for one that was just written. */
  readonly waiting?: boolean;
}

/** What a policy thinks should become of a comment, with the numbers that its sentence names. */
export interface Opinion {
  readonly status: Extract<CommentStatus, 'approved' | 'pending' | 'spam'>;
  readonly numbers?: Readonly<Record<string, number>>;
}

/** The name of a policy; the sentence that explains it is `rule.<name>` in the messages. */
export type RuleName =
  | 'staff'
  | 'person_held'
  | 'all_held'
  | 'links'
  | 'flooding'
  | 'person_trusted'
  | 'first_comment'
  | 'waiting'
  | 'standard';

/** A pure judge: an opinion on the facts, or none. */
export interface Policy {
  readonly name: RuleName;
  readonly judge: (facts: Facts) => Opinion | undefined;
}

/** An opinion as it is stored: whose it was. */
export interface StoredOpinion extends Opinion {
  readonly rule: RuleName;
}

/** What was decided about a comment, by which rule, and what all the others thought. */
export interface Verdict {
  readonly rule: RuleName;
  readonly status: Opinion['status'];
  readonly numbers: Readonly<Record<string, number>>;
  readonly opinions: readonly StoredOpinion[];
  /** What it was decided on. */
  readonly facts: Facts;
}

const floodFromBrowser = 5;
const floodFromNetwork = 20;

/**
 * The policy of the site. All judge; the first opinion decides, so their order is the policy too: whom we know, then what
 * is held whoever writes it, then what looks like spam, then whom we do not know yet. What waits for a moderator, no rule
 * publishes: its writer cannot edit it out of the queue. The last one always has an opinion.
 */
export const policies: readonly Policy[] = [
  {
    name: 'staff',
    judge: ({ staffRole, waiting }) => (staffRole && !waiting ? { status: 'approved' } : undefined),
  },
  {
    name: 'person_held',
    judge: ({ standing }) => (standing === 'held' ? { status: 'pending' } : undefined),
  },
  {
    name: 'all_held',
    judge: ({ mode }) => (mode === 'all_held' ? { status: 'pending' } : undefined),
  },
  {
    name: 'links',
    judge: ({ links, linksAllowed }) =>
      links > linksAllowed ? { status: 'pending', numbers: { links, allowed: linksAllowed } } : undefined,
  },
  {
    name: 'flooding',
    judge: ({ recentFromBrowser, recentFromNetwork }) =>
      recentFromBrowser >= floodFromBrowser || recentFromNetwork >= floodFromNetwork
        ? { status: 'pending', numbers: { recent: Math.max(recentFromBrowser, recentFromNetwork) } }
        : undefined,
  },
  {
    name: 'person_trusted',
    judge: ({ standing, waiting }) => (standing === 'trusted' && !waiting ? { status: 'approved' } : undefined),
  },
  {
    name: 'first_comment',
    judge: ({ mode, approvedBefore }) =>
      mode === 'first_held' && approvedBefore === 0 ? { status: 'pending' } : undefined,
  },
  {
    name: 'waiting',
    judge: ({ waiting }) => (waiting ? { status: 'pending' } : undefined),
  },
  {
    name: 'standard',
    judge: () => ({ status: 'approved' }),
  },
];

/**
 * Judges a comment by every policy of the list.
 *
 * @throws RangeError where no policy has an opinion: the last one must.
 */
export function judgeComment(facts: Facts, list: readonly Policy[] = policies): Verdict {
  const opinions = list.flatMap(({ name, judge }) => {
    const opinion = judge(facts);
    return opinion ? [{ rule: name, ...opinion }] : [];
  });
  const [decisive] = opinions;
  if (!decisive) throw new RangeError('No policy had an opinion.');
  return { rule: decisive.rule, status: decisive.status, numbers: decisive.numbers ?? {}, opinions, facts };
}
