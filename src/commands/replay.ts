import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Translate } from '../http/messages.ts';
import { StartError } from '../process/start-error.ts';
import type { Scope } from '../replay/scope.ts';
import type { RuleChoice } from '../rules/rule.ts';
import { type Command, type Surroundings, UsageError, withSite } from './command.ts';

const defaultScope: Scope = { comments: 10_000 };

/** Says what rules would have done to what was written before; changes nothing. */
export const replay: Command = {
  name: 'replay',
  summary:
    'says what rules would have done to what was judged before: those of a file, or those that are set. Fails where more new verdicts than --allow go against what a person decided',
  takes: '[--rules FILE] [--comments N | --days N] [--allow N] [--json]',
  example: '--rules rules.json --days 90 --allow 0',
  async run(words, surroundings) {
    const { file, scope, allowed, json } = readOptions(words);
    const [{ createTranslate }, { sumChanged }, { printReplay }] = await Promise.all([
      import('../http/messages.ts'),
      import('../replay/tally.ts'),
      import('./print-replay.ts'),
    ]);
    const t = createTranslate('en');
    await withSite(surroundings, async ({ db }) => {
      const rules = file === undefined ? await loadPresent(db) : await readRulesFrom(file, t);
      const tally = await replayAll(db, { rules, scope, surroundings });
      await printReplay(db, { tally, scope, json, t, print: surroundings.print });
      const { otherwise } = sumChanged(tally);
      if (otherwise > allowed) {
        throw new StartError(
          `New verdicts that go against what a person decided: ${otherwise}, and ${allowed} allowed.`,
        );
      }
    });
  },
};

async function loadPresent(db: Kysely<Database>): Promise<RuleChoice[]> {
  const { loadRules } = await import('../rules/queries.ts');
  return loadRules(db);
}

async function readRulesFrom(file: string, t: Translate): Promise<RuleChoice[]> {
  const { parseRules } = await import('../settings/rules-file.ts');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new StartError(`The rules cannot be read: ${error.message}`);
  });
  const rules = parseRules(text, { t });
  if (typeof rules === 'string') throw new StartError(`${file} cannot be used. ${rules}`);
  return rules;
}

async function replayAll(
  db: Kysely<Database>,
  {
    rules,
    scope,
    surroundings: { now, tell, stopping },
  }: { rules: readonly RuleChoice[]; scope: Scope; surroundings: Surroundings },
) {
  const [{ measureScope }, { replayPart }, { emptyTally }] = await Promise.all([
    import('../replay/judged-comments.ts'),
    import('../replay/replay.ts'),
    import('../replay/tally.ts'),
  ]);
  const { first, last, expected } = await measureScope(db, { scope, now: now() });
  let [tally, done, rest]: [typeof emptyTally, number, number | undefined] = [emptyTally, 0, last];
  while (rest !== undefined) {
    stopping.throwIfAborted();
    const part = await replayPart(db, { rules, stretch: { first, last: rest }, tally });
    [tally, done, rest] = [part.tally, done + part.looked, part.next];
    tell(`${done} of ${expected} comments`);
  }
  return tally;
}

function readOptions(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: { rules: text, comments: text, days: text, allow: text, json: { type: 'boolean', default: false } },
  });
  const { comments, days, allow } = values;
  if (comments !== undefined && days !== undefined) throw new UsageError('Either --comments or --days, not both.');
  return {
    file: values.rules,
    scope: readScope(comments, days),
    allowed: allow === undefined ? Number.POSITIVE_INFINITY : readCount('--allow', allow),
    json: values.json,
  };
}

function readScope(comments: string | undefined, days: string | undefined): Scope {
  if (days !== undefined) return { days: readCount('--days', days) };
  return comments === undefined ? defaultScope : { comments: readCount('--comments', comments) };
}

function readCount(option: string, typed: string): number {
  if (!/^\d{1,7}$/.test(typed)) throw new UsageError(`${option} takes a whole number.`);
  return Number(typed);
}
