import { parseArgs } from 'node:util';
import { type Command, withSite } from './command.ts';

/** Prints the rules as they are set, as the file that `replay` takes. */
export const rules: Command = {
  name: 'rules',
  summary: 'prints the rules by which comments are judged, as they are set now, for a file',
  takes: '',
  example: '> rules.json',
  async run(words, surroundings) {
    parseArgs({ args: [...words] });
    const [{ loadRules }, { writeRules }] = await Promise.all([
      import('../rules/queries.ts'),
      import('../settings/rules-file.ts'),
    ]);
    await withSite(surroundings, async ({ db }) => surroundings.print(writeRules(await loadRules(db))));
  },
};
