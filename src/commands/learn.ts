import { parseArgs } from 'node:util';
import { type Command, withSite } from './command.ts';

/** Has the learner forget everything, and learn all decisions that stand. */
export const learn: Command = {
  name: 'learn',
  summary:
    'learns from nothing what moderators take for spam. With --imported, the statuses of imported comments teach it, too, now and later',
  takes: '[--imported]',
  example: '--imported',
  async run(words, surroundings) {
    const { values } = parseArgs({ args: [...words], options: { imported: { type: 'boolean', default: false } } });
    const { print, tell, stopping } = surroundings;
    const [{ learnFromNothing }, { isTrained, leastOfEach }] = await Promise.all([
      import('../training/relearn.ts'),
      import('../learner/score.ts'),
    ]);
    await withSite(surroundings, async ({ db }) => {
      const onProgress = (seen: number) => tell(`comments: ${seen}`);
      const learned = await learnFromNothing(db, { imported: values.imported, stopping, onProgress });
      if (!learned) return;
      const { spam, good, features } = learned;
      print(`Learned ${spam} comments as spam and ${good} as good, by ${features} features.`);
      if (!isTrained(learned)) print(`There are no scores before ${leastOfEach} of each kind have been learned.`);
    });
  },
};
