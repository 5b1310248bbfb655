/** Which comments are judged once more: so many of the last ones, or those that were judged within so many days. */
export type Scope = { readonly comments: number } | { readonly days: number };
