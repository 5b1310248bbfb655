import type { Role } from '../accounts/table.ts';
import type { Weighed } from '../learner/score.ts';
import type { StandingKind } from '../persons/table.ts';
import type { RuleName } from '../rules/rule.ts';
import type { CommentMode } from '../site/table.ts';
import type { CommentStatus } from './lifecycle.ts';

/**
 * All that is known of a comment when it is judged, and all that a policy may look at. Stored with the comment, so that other rules
 * can be tried on it later; what an earlier version did not know yet is missing, and missing speaks for nothing.
 */
export interface Facts {
  /** The role of its writer, if one of the staff who is signed in. */
  readonly staffRole: Role | null;
  /** What the conversation asks for, or else the site. */
  readonly mode: CommentMode;
  /** Links in the text, and one for a website given with the name. */
  readonly links: number;
  /** Where they lead, see rules/hosts.ts. Erased along with the text. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether the name has an address in it. */
  readonly nameLink?: boolean | undefined;
  /** Approved comments written in this browser before; where there are none, those written with an address it has proved. */
  readonly approvedBefore: number;
  /** Comments from this browser, from its network and on the whole site within the last ten minutes; 100 are not told from more. */
  readonly recentFromBrowser: number;
  readonly recentFromNetwork: number;
  readonly recentOnSite?: number | undefined;
  /** Words that hide what they say, see rules/disguise.ts. */
  readonly disguised?: number | undefined;
  /** Whole days since its post was published. */
  readonly postAgeDays?: number | undefined;
  /**
   * Comments of the last 30 days that said the same, or nearly; 50 are not told from more. Missing for short texts. `close`: how many
   * of those that said nearly the same said it so closely that one was made of the other. `spam`: how many of all of them were
   * spam by then.
   */
  readonly copies?:
    | { readonly same: number; readonly near: number; readonly close?: number; readonly spam?: number }
    | undefined;
  /** How long the text is that was compared with others, in words: without what it quotes. Missing where none was. */
  readonly comparedWords?: number | undefined;
  /**
   * Where it leads and strangers led within 30 days, see `leadsOf`. Erased along with the text; missing where it was not looked for.
   */
  readonly leads?: readonly Lead[] | undefined;
  /** How much it looks like what moderators called spam, from 0 to 100; missing while too little has been learned. */
  readonly score?: number | undefined;
  /** What weighed most for or against it. Erased along with the text. */
  readonly weighed?: readonly Weighed[] | undefined;
  /** What a service elsewhere said of it: spam, surely spam (`discard`), or not. Missing: it was not asked, or said nothing. */
  readonly outside?: OutsideWord | undefined;
  /** Whether the field was filled that no person sees. */
  readonly baited?: boolean | undefined;
  /** Seconds from the first key to sending, where a script could tell. */
  readonly secondsToWrite?: number | undefined;
  /** How a moderator decided to meet its writer; missing where nobody did. */
  readonly standing?: Extract<StandingKind, 'trusted' | 'held'> | undefined;
  /** Whether it waited for a moderator when it was edited; missing for one that was just written. */
  readonly waiting?: boolean | undefined;
}

/** A place to which a comment leads, with how many strangers led there before. */
export interface Lead {
  /** As `normaliseHost` writes it. */
  readonly host: string;
  /** See rules/places.ts. */
  readonly place: string;
  /** Other people, of whom nothing stands approved; 50 comments are not told from more. */
  readonly others: number;
  /** How many of them in what a moderator confirmed as spam. */
  readonly spam: number;
}

/** What a service elsewhere can say of a comment. */
export type OutsideWord = 'spam' | 'discard' | 'good';

/** What a policy thinks should become of a comment, with the numbers that its sentence names. */
export interface Opinion {
  readonly status: Extract<CommentStatus, 'approved' | 'pending' | 'spam'>;
  readonly numbers?: Readonly<Record<string, number>>;
  /** What tells staff more, such as the entry of a list that was found. Writers are not told. */
  readonly detail?: string;
}

/**
 * A pure judge: an opinion on the facts, as it is set, or none.
 *
 * @param words the name and the text as they are read, without markup. They are with the comment, and not stored once more.
 */
export type Judge<Settings> = (facts: Facts, settings: Settings, words: string) => Opinion | undefined;

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
