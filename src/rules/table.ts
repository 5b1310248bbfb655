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
