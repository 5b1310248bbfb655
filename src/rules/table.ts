import type { ColumnType } from 'kysely';
import type { RuleChoice, SettableRule } from './rule.ts';

/** The rules as the owner left them: one row each. */
export interface RuleTable {
  name: SettableRule;
  /** From 1 up: the first one that has an opinion decides. */
  place: number;
  enabled: boolean;
  /** Written as JSON text. */
  settings: ColumnType<RuleChoice['settings'], string, string>;
}

/** What a change of the rules changed: rules by their names, and the order where it changed. */
export interface ChangedRules {
  readonly rules: readonly { readonly before: RuleChoice; readonly after: RuleChoice }[];
  readonly order?: { readonly before: readonly SettableRule[]; readonly after: readonly SettableRule[] } | undefined;
}

/** What each change of the rules changed, beside its event. */
export interface RuleChangeTable {
  event_id: number;
  /** Written as JSON text. */
  changed: ColumnType<ChangedRules, string, never>;
}
