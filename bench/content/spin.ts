import { choose } from './random.ts';

/** Chooses one of the wordings in each pair of braces: `{Hello|Good {morning|evening}} all`. */
export function spin(random: () => number, text: string): string {
  let spun = text;
  while (spun.includes('{'))
    spun = spun.replace(/\{([^{}]*)\}/g, (_braces, wordings: string) => choose(random, wordings.split('|')));
  return spun;
}

/** The whole numbers between two, both included, the small ones more often: their logarithms are spread evenly. */
export function unevenly(random: () => number, least: number, most: number): number {
  return Math.floor(least * ((most + 1) / least) ** random());
}
