import type { ColumnType, Generated, Selectable } from 'kysely';
import type { RuleSwitches } from '../rules/rule.ts';
import type { CommentMode } from '../site/table.ts';

/** What can be replied to; owned by a post or a page. Replies lock its row in share mode, a closing exclusively. */
export interface ConversationTable {
  id: Generated<number>;
  /** null: as the site says. */
  mode: CommentMode | null;
  /** Days after publication; null: as the site says, 0: never. */
  close_after_days: number | null;
  /** Days in which nothing was said; null: as the site says, 0: never. */
  close_after_quiet_days: number | null;
  /** Minutes within which one person posts one comment; 0: as many as one likes. */
  slow_minutes: Generated<number>;
  /** Rules that are on or off here, whatever the site says. Written as JSON text. */
  rule_switches: ColumnType<RuleSwitches, string | undefined, string>;
}

/** How many comments of a conversation can be read and how many wait. Changed last in a transaction. */
export interface ConversationCountTable {
  conversation_id: number;
  readable: Generated<number>;
  waiting: Generated<number>;
}

/** Who may still speak where it is closed: the post's authors, or all who moderate it. */
export type Speakers = 'nobody' | 'author' | 'staff';

/** One closing by hand, over when it was reopened. */
export interface ClosureTable {
  id: Generated<number>;
  /** null: all conversations. */
  conversation_id: number | null;
  /** The comment with which the closed branch begins; null: the whole conversation. */
  comment_id: number | null;
  /** Shown to readers. */
  reason: Generated<string>;
  /** For staff only. */
  note: Generated<string>;
  speakers: Generated<Speakers>;
  closed_by: number | null;
  /** When somebody decided so. */
  closed_at: Date;
  /** From when on it holds; null: from the closing on, whatever the clocks of other processes say. */
  begins_at: Date | null;
  /** UUID of the events by which what waits is rejected along with it; null: that is decided as usual. */
  waiting_batch: string | null;
  reopened_by: number | null;
  reopened_at: Date | null;
}

/** The comment of a conversation that stands above the others. */
export interface PinTable {
  conversation_id: number;
  comment_id: number;
  pinned_by: number | null;
  pinned_at: Date;
}

/** A post lives at `/posts/:slug`, a page at `/:slug`; they are otherwise alike. */
export type PostKind = 'post' | 'page';

/** A post or a page, with its text as it was written and as it is shown. */
export interface PostTable {
  id: Generated<number>;
  kind: PostKind;
  slug: string;
  title: string;
  /** As its author wrote it; empty: cut from the text when shown. */
  excerpt: Generated<string>;
  source: string;
  source_format: Generated<'markdown' | 'html'>;
  /** The source, rendered and sanitised. */
  html: string;
  renderer_version: number;
  conversation_id: number;
  /** null: a draft; in the future: scheduled; past: published. */
  published_at: Date | null;
  deleted_at: Date | null;
  /** Raised by every save, so that two people do not overwrite each other. */
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
  external_source: string | null;
  external_id: string | null;
}

/** Who wrote a post, in the order in which they are named. */
export interface PostAuthorTable {
  post_id: number;
  account_id: number;
  position: number;
}

/** A word that posts are found by; made when someone first types it. */
export interface TagTable {
  id: Generated<number>;
  slug: string;
  name: string;
}

/** Which post carries which tag. */
export interface PostTagTable {
  post_id: number;
  tag_id: number;
}

/** An earlier address and the post that it leads to now; null: gone. */
export interface AddressTable {
  /** The whole path, such as `/posts/an-earlier-slug`. */
  path: string;
  post_id: number | null;
}

/** What a post was before an edit, beside the event of that edit. */
export interface PostRevisionTable {
  event_id: number;
  post_id: number;
  kind: PostKind;
  slug: string;
  title: string;
  excerpt: string;
  source: string;
  source_format: 'markdown' | 'html';
  /** null: made from the source, which is Markdown. */
  html: string | null;
  /** Of the rules that made the HTML; null with it. */
  renderer_version: number | null;
  /** By their slugs; written as JSON text. */
  tags: ColumnType<readonly Pick<Tag, 'slug' | 'name'>[], string, never>;
  /** In the order in which they are named. */
  author_ids: readonly number[];
}

/** A post or page, as it is read. */
export type Post = Selectable<PostTable>;
/** A closing by hand, as it is read. */
export type Closure = Selectable<ClosureTable>;
/** A conversation, as it is read. */
export type Conversation = Selectable<ConversationTable>;
/** What a post was before an edit, as it is read. */
export type PostRevision = Selectable<PostRevisionTable>;
/** A tag, as it is read. */
export type Tag = Selectable<TagTable>;
