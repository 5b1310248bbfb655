import { hash } from 'node:crypto';
import type { Role } from '../accounts/table.ts';
import type { ShutOut } from '../persons/standing.ts';
import type { RuleSettings } from '../rules/rule.ts';
import { normaliseEmail } from '../text/email-address.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { isUuid, uuidOf } from '../text/uuid.ts';
import type { Closing } from './closing.ts';
import type { FieldErrors, ReplyFields } from './form.ts';
import type { OutsideWord, Verdict } from './judge.ts';

/** Who writes: one of the staff, or a guest in a browser that may be new. */
export type Writer =
  | { readonly kind: 'staff'; readonly id: number; readonly name: string; readonly role: Role }
  | { readonly kind: 'guest'; readonly browserId: number | undefined };

/** A reply as it arrives. */
export interface Submission {
  readonly conversationId: number;
  readonly writer: Writer;
  readonly fields: ReplyFields;
  readonly networkHash: Buffer;
  /** Comments per network and hour; 0: no limit. */
  readonly limit: number;
  /** Whether the address typed may be asked by mail to confirm what its owner wants to be told. */
  readonly mayAsk?: boolean | undefined;
  /** What a service elsewhere said of it, or that it said nothing. `unasked`: it can be asked first. Missing: it is not to be. */
  readonly outside?: OutsideWord | 'nothing' | 'unasked' | undefined;
  /** Host of this site, to which anybody may lead. */
  readonly ownHost?: string | undefined;
  readonly now: Date;
}

/** What has to be asked before a comment can be judged, and how. Nothing was stored. */
export interface Unasked {
  readonly kind: 'unasked';
  readonly settings: RuleSettings['outside'];
}

/** How long somebody has to wait until the next comment, and why. */
export interface Wait {
  readonly seconds: number;
  readonly by: 'hour' | 'pace';
}

/** What became of a reply. `browserId` is the browser that may prove from now on that it wrote it. */
export type Outcome =
  | {
      readonly kind: 'posted';
      readonly commentId: number;
      readonly verdict: Verdict;
      readonly browserId: number | undefined;
    }
  | { readonly kind: 'repeated'; readonly commentId: number; readonly browserId: number | undefined }
  | { readonly kind: 'conflicting'; readonly commentId: number; readonly earlierText: string }
  /** `by`: the hour of a network or browser, or the pace of the conversation, which is one comment in so many minutes. */
  | ({ readonly kind: 'limited' } & Wait)
  | { readonly kind: 'closed'; readonly closing: Closing }
  /** Moderators decided that this person writes nothing here at present. */
  | { readonly kind: 'shut_out'; readonly standing: ShutOut }
  /** It could be stored, once a service elsewhere has been asked about it. */
  | Unasked
  /** Its post is not published, or not any more. */
  | { readonly kind: 'unpublished' }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors };

/** The keys under which a submission may be known, and a digest of what it says. */
export interface SubmissionKeys {
  /** The key that it is stored under. */
  readonly key: string;
  /** The key that the same submission would have got yesterday; none where the browser made the key. */
  readonly yesterday: string | undefined;
  readonly digest: Buffer;
}

/** For so long, in milliseconds, a text of one person under one comment is the same submission. */
export const sameSubmissionFor = 86_400_000;

/**
 * The key of a submission: the browser's own where a script made one; else derived from conversation, parent, person and
 * text, anew each day. A person is a name, an address and a network here: a first-time visitor has no cookie yet.
 */
export function makeKeys({ conversationId, writer, fields, networkHash, now }: Submission): SubmissionKeys {
  const { parent } = fields;
  const text = fields.body.trim();
  const digest = digestOf([conversationId, parent, text]);
  if (isUuid(fields.key)) return { key: fields.key.toLowerCase(), yesterday: undefined, digest };
  const guest = () => [normaliseLine(fields.name), normaliseEmail(fields.email), networkHash.toString('hex')];
  const person = writer.kind === 'staff' ? [writer.id] : guest();
  const day = Math.floor(now.getTime() / sameSubmissionFor);
  const keyOn = (day: number) => uuidOf(digestOf([conversationId, parent, ...person, text, day]));
  return { key: keyOn(day), yesterday: keyOn(day - 1), digest };
}

function digestOf(parts: readonly (string | number)[]): Buffer {
  return hash('sha256', JSON.stringify(parts), 'buffer');
}
