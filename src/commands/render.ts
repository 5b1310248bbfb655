import { parseArgs } from 'node:util';
import { type Command, withSite } from './command.ts';

/** Makes the stored HTML of posts and comments anew from what was written, after a change of the rules. */
export const render: Command = {
  name: 'render',
  summary:
    'renders posts and comments anew: those whose rules have changed since, or all. It can be stopped and run again',
  takes: '[--all]',
  example: '--all',
  async run(words, surroundings) {
    const { values } = parseArgs({ args: [...words], options: { all: { type: 'boolean', default: false } } });
    const { print, tell, stopping } = surroundings;
    const { renderAnew } = await import('./render-anew.ts');
    await withSite(surroundings, async ({ db }) => {
      for (const table of ['post', 'comment'] as const) {
        const onProgress = (done: number, total: number) => tell(`${table}s: ${done} of ${total}`);
        const done = await renderAnew(db, { table, all: values.all, stopping, onProgress });
        print(`Rendered anew: ${done} ${done === 1 ? table : `${table}s`}.`);
      }
    });
  },
};
