/**
 * Markup that a page may print as it is. Only the renderers of this folder make it, after the sanitiser, and
 * `trustStored` for what they made earlier: a plain string is not assignable to it.
 */
export class TrustedHtml {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** For the renderers of this folder, which call it with what the sanitiser returned. A test holds everyone else off. */
  static fromSanitiser(markup: string): TrustedHtml {
    return new TrustedHtml(markup);
  }

  /** The markup itself, to be printed, stored or fed. */
  toString(): string {
    return this.#markup;
  }
}

/** Takes back markup that a renderer made and the database kept; for columns of rendered text, and for nothing else. */
export function trustStored(markup: string): TrustedHtml {
  return TrustedHtml.fromSanitiser(markup);
}
