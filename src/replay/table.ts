import type { ColumnType, Generated, Selectable } from 'kysely';
import type { RuleChoice } from '../rules/rule.ts';
import type { Tally } from './result.ts';
import type { Scope } from './scope.ts';

/** Rules that somebody wants to try on what was written before, and what has come of it so far. */
export interface ReplayTable {
  id: Generated<number>;
  asked_by: number;
  asked_at: Date;
  /** The rules in their order. Written as JSON text, as are the other objects. */
  candidate: ColumnType<RuleChoice[], string, never>;
  /** Of the rules that the form was filled with, which became these. */
  rules_token: string;
  scope: ColumnType<Scope, string, never>;
  /** How far it is: judgements from `first_judgement` to `next_judgement` are still to be looked at, the last first. */
  first_judgement: number;
  next_judgement: number;
  /** How many comments there were to look at when it was asked for. */
  expected: number;
  done: Generated<number>;
  tally: ColumnType<Tally, string, string>;
  state: Generated<'running' | 'done'>;
}

export type Replay = Selectable<ReplayTable>;
