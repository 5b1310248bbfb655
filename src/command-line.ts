import { backup } from './commands/backup.ts';
import { type Command, UsageError } from './commands/command.ts';
import { exampleOf, helpCommand, helpText } from './commands/help.ts';
import { learn } from './commands/learn.ts';
import { ownerCreate } from './commands/owner-create.ts';
import { render } from './commands/render.ts';
import { replay } from './commands/replay.ts';
import { restore } from './commands/restore.ts';
import { rules } from './commands/rules.ts';
import { readConfig } from './config.ts';
import { sentenceOf } from './process/start-error.ts';
import { onStopSignals } from './process/stop-signals.ts';

/** Everything that can be asked for. */
const commands: readonly Command[] = [
  ownerCreate,
  backup,
  restore,
  render,
  learn,
  rules,
  replay,
  helpCommand(() => commands),
];

const exitCodes = { failed: 1, notUnderstood: 2, stopped: 130 };

process.exitCode = await main(process.argv.slice(2));

/** @returns the code with which to exit. */
async function main(words: readonly string[]): Promise<number> {
  const called = commands.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (!called) return listCommands(words);

  const stopping = new AbortController();
  const listenNoMore = onStopSignals({
    stop: () => stopping.abort(),
    force: () => process.exit(exitCodes.stopped),
  });
  try {
    await called.run(words.slice(called.name.split(' ').length), {
      config: readConfig(process.env),
      now: () => new Date(),
      input: process.stdin,
      print: (line) => process.stdout.write(`${line}\n`),
      tell: (line) => process.stderr.write(`${line}\n`),
      stopping: stopping.signal,
    });
    return stopping.signal.aborted ? exitCodes.stopped : 0;
  } catch (error) {
    if (stopping.signal.aborted) return exitCodes.stopped;
    return explain(error, called);
  } finally {
    listenNoMore();
  }
}

function listCommands(words: readonly string[]): number {
  if (words.length === 0) {
    process.stdout.write(helpText(commands));
    return 0;
  }
  process.stderr.write(`There is no command “${words.join(' ')}”.\n\n${helpText(commands)}`);
  return exitCodes.notUnderstood;
}

function explain(error: unknown, called: Command): number {
  if (isMisspelt(error)) {
    process.stderr.write(`${(error as Error).message}\nFor example: ${exampleOf(called)}\n`);
    return exitCodes.notUnderstood;
  }
  process.stderr.write(`${sentenceOf(error) ?? (error as Error).stack}\n`);
  return exitCodes.failed;
}

function isMisspelt(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS_');
}
