import { choose, createRandom } from './random.ts';

const first =
  'Ada Bruno Carla Dario Edith Farid Greta Hanno Ines Jamal Katya Leo Mira Noor Otto Paula Rune Sofia Tariq Uma';
const last =
  'Abel Brandt Castro Duval Eriksen Fontana Grau Hoffmann Ito Jansen Kaya Lindqvist Moreau Novak Okafor Petrov';

/** Makes names of people: some hundred, each of whom speaks more than once in a long conversation. */
export function createNames(seed: number): () => string {
  const random = createRandom(seed);
  return () => `${choose(random, first.split(' '))} ${choose(random, last.split(' '))}`;
}
