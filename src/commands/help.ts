import type { Command } from './command.ts';

/** Lists the commands, with an example of each. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'lists the commands',
    takes: '',
    example: '',
    async run(_words, { print }) {
      print(helpText(commands()));
    },
  };
}

/** What there is to ask for, and how. */
export function helpText(commands: readonly Command[]): string {
  const entries = commands.map(
    (command) => `  ${spell(command.name, command.takes)}\n      ${command.summary}\n      ${exampleOf(command)}`,
  );
  return `npm run rejoinder -- COMMAND\n\n${entries.join('\n\n')}\n`;
}

/** A whole line that calls a command as an example. */
export function exampleOf({ name, example }: Command): string {
  return `npm run rejoinder -- ${spell(name, example)}`;
}

function spell(name: string, rest: string): string {
  return `${name} ${rest}`.trim();
}
