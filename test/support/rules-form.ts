import type { Fields } from './comments.ts';

/** The form on the page of the rules, as a browser would send it back. */
export function rulesFormOn(html: string): Fields {
  const lists = [...html.matchAll(/<textarea id="([\w.]+)"[^>]*>\n([^<]*)<\/textarea>/g)];
  const inputs = [...html.matchAll(/<input [^>]*name="([\w.]+)"[^>]*>/g)];
  const choices = [...html.matchAll(/<select id="([\w.]+)"[\s\S]*?<option value="(\w+)" selected>/g)];
  const typed = [...lists, ...choices].map(([, name = '', value = '']) => [name, value]);
  const fields = inputs.flatMap(([input, name = '']) =>
    input.includes('type="checkbox"') && !input.includes(' checked')
      ? []
      : [[name, /value="([^"]*)"/.exec(input)?.[1] ?? '']],
  );
  return Object.fromEntries([...fields, ...typed]);
}
