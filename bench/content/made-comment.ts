/** A comment of the made stream, which docs/made-stream.md describes. */
export interface MadeComment {
  readonly label: 'spam' | 'good';
  /** What kind of spam or of good comment. */
  readonly kind: string;
  /** Place of its post, from 0. */
  readonly post: number;
  /** Who writes, by a number: comments with the same one are sent with the same cookie. */
  readonly browser: number;
  readonly networkHash: Buffer;
  readonly name: string;
  readonly website: string;
  readonly body: string;
  /** What the field holds that people do not see. */
  readonly topic: string;
  /** What a script said of the time of writing, in seconds; empty: nothing. */
  readonly seconds: string;
  readonly at: Date;
}

/** Where comments come to, and numbers that nobody has yet. */
export interface MadeSite {
  readonly posts: number;
  readonly begins: Date;
  readonly days: number;
  /** A browser that never came before. */
  nextBrowser(): number;
  /** A network that never came before. */
  nextNetwork(): Buffer;
}
