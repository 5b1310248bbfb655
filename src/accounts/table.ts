import type { Generated, GeneratedAlways, Selectable } from 'kysely';

/** What a person of the staff may do is derived from the role: see permissions.ts. */
export type Role = 'owner' | 'moderator' | 'author';

/** How a moderator is told by mail of what waits: not at all, at once, or in one mail a day. */
export type ModerationMail = (typeof moderationMails)[number];

/** All ways, the quietest first. */
export const moderationMails = ['none', 'at_once', 'daily'] as const;

/** A person who signs in. One without e-mail and password (a sample author) cannot. */
export interface AccountTable {
  id: Generated<number>;
  /** The name in `/authors/:handle`. */
  handle: string;
  name: string;
  /** Normalised, see text/email-address.ts. */
  email: string | null;
  role: Role;
  /** Argon2id, in PHC string format. */
  password_hash: string | null;
  created_at: Date;
  disabled_at: Date | null;
  moderation_mail: Generated<ModerationMail>;
  /** When the last mail about what waits was written. */
  alerted_at: Date | null;
  /** A UUID that goes into the signature of mailed rights; it changes where all sessions end, and they end with them. */
  mailed_rights_key: Generated<string>;
}

/** An invitation to join the staff; only the hash of the mailed token is kept. */
export interface InvitationTable {
  token_hash: Buffer;
  email: string;
  role: Role;
  invited_by: number;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

/** A mailed right to choose a new password; only the token's hash is kept. */
export interface PasswordResetTable {
  token_hash: Buffer;
  account_id: number;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

/** A signed-in browser, written by the session store. */
export interface SessionTable {
  sid: string;
  sess: unknown;
  expire: Date;
  account_id: GeneratedAlways<number | null>;
}

/** Attempts left, written by the limiter. */
export interface RateLimitTable {
  key: string;
  points: Generated<number>;
  expire: string | null;
}

export type Account = Selectable<AccountTable>;
