import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choose, createRandom } from './random.ts';

/** Writes texts of about so many words, in Markdown. */
export interface Prose {
  /** One or two paragraphs, now and then with a stress, or a link to somewhere else each time. */
  comment(): string;
  /** Paragraphs under headings. */
  post(words: number): string;
}

/**
 * Makes a writer of texts. The words are those of the sample posts, as often as they occur there and in random order: they
 * compress worse than what people write, so that nothing looks smaller than it would be.
 */
export function createProse(seed: number): Prose {
  const random = createRandom(seed);
  const words = readWords();

  function sentence(): string {
    const length = 5 + Math.floor(random() * 16);
    const text = Array.from({ length }, () => choose(random, words)).join(' ');
    return `${text[0]?.toUpperCase()}${text.slice(1)}${choose(random, ['.', '.', '.', '?', '!'])}`;
  }

  const paragraph = (least: number) => {
    const sentences: string[] = [];
    for (let count = 0; count < least; ) {
      sentences.push(sentence());
      count += sentences.at(-1)?.split(' ').length ?? 1;
    }
    return sentences.join(' ');
  };

  return {
    comment() {
      const first = paragraph(8 + random() * 60);
      const stressed = random() < 0.2 ? first.replace(/ (\w+) /, ' *$1* ') : first;
      const more = random() < 0.3 ? `\n\n${paragraph(10 + random() * 40)}` : '';
      const link =
        random() < 0.05 ? ` See https://${choose(random, words)}${Math.floor(random() * 1e6)}.example/.` : '';
      return `${stressed}${more}${link}`;
    },
    post(count) {
      const sections = Array.from({ length: Math.ceil(count / 250) }, () => {
        const heading = `## ${sentence().split(' ').slice(0, 5).join(' ').replace(/\W$/, '')}`;
        return [heading, paragraph(80), paragraph(80), paragraph(80)].join('\n\n');
      });
      return sections.join('\n\n');
    },
  };
}

function readWords(): string[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'sample', 'texts.ts'), 'utf8');
  const prose = [...text.matchAll(/flowing\(`([^`]*)`/g)].map(([, words = '']) => words).join(' ');
  return prose.toLowerCase().match(/[a-z]{2,}/g) ?? [];
}
