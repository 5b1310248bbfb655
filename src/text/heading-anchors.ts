import { textOf } from './plain-text.ts';
import { slugify } from './slug.ts';

/** Sets these ids apart from every id of the page around the text. */
const prefix = 'section-';

/**
 * Gives each heading of a sanitised text an id made of its words, so that it can be linked to: `section-what-we-saw`, and
 * `section-what-we-saw-2` for the next of that name.
 */
export function addHeadingAnchors(sanitised: string): string {
  const numbers = new Map<string, number>();
  return sanitised.replace(/<(h[2-6])([^>]*)>([\s\S]*?)<\/\1>/g, (_whole, tag, attributes, content: string) => {
    const id = freeId(prefix + (slugify(textOf(content)) ?? 'untitled'), numbers);
    return `<${tag} id="${id}"${attributes}>${content}</${tag}>`;
  });
}

// Remembers the last number of each id, so that a thousand headings of one name are not counted a thousand times.
function freeId(wanted: string, numbers: Map<string, number>): string {
  let number = numbers.get(wanted) ?? 0;
  let id: string;
  do {
    number += 1;
    id = number === 1 ? wanted : `${wanted}-${number}`;
  } while (numbers.has(id));
  numbers.set(id, 1).set(wanted, number);
  return id;
}
