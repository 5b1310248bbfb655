/** What may stand between the words of a plain paragraph: a line break, and a stress or code without anything in it but words. */
const amongWords = /<br>\n|<(em|strong|code)>([^<>]*)<\/\1>/g;

/** A bracket of anything else, or an entity that the sanitiser spells in another way. */
const notPlain = /[<>]|&(?!(?:amp|lt|gt|quot);)/;

/**
 * Markup of which nothing has to be taken out, spelled as `sanitise` spells it: paragraphs of words, with line breaks, stress and code,
 * as the renderer makes them of most comments. It is found out letter by letter, and nobody's word is taken for it.
 *
 * @returns undefined for markup that has anything else in it: that is the sanitiser's.
 */
export function spellPlain(markup: string): string | undefined {
  const paragraphs = markup.split('</p>\n');
  const isPlain =
    paragraphs.pop() === '' &&
    paragraphs.every((each) => each.startsWith('<p>') && !notPlain.test(each.slice(3).replace(amongWords, ' $2 ')));
  return isPlain ? markup.replaceAll('&quot;', '"') : undefined;
}
