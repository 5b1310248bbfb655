import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, '..', '..', 'views');
const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eta'));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What may be printed as it is. */
const allowed = [/^include\(.*\)$/s, /^piece\(.*\)$/s, /^trusted\(.*\)$/s];

describe('the templates', () => {
  it('are there', () => {
    expect(templates.length).toBeGreaterThan(10);
  });

  it.each(templates)('%s prints nothing as it is but other templates and trusted HTML', (name) => {
    const raw = [...read(name).matchAll(/<%[-_]?~([\s\S]*?)[-_]?%>/g)].map(([, code = '']) => code.trim());
    const others = raw.filter((code) => !allowed.some((pattern) => pattern.test(code)));
    expect(others).toEqual(name === 'layout.eta' ? ['it.body'] : []);
  });

  it.each(templates)('%s prints trusted HTML by itself, not joined with other text', (name) => {
    const trusted = [...read(name).matchAll(/<%[-_]?~\s*(trusted\([\s\S]*?)[-_]?%>/g)].map(([, code = '']) =>
      code.trim(),
    );
    for (const code of trusted) expect(outermost(code)).toBe(code);
  });

  it.each(templates)('%s has no script, style or handler of its own, which the browser would refuse', (name) => {
    const markup = read(name).replace(/<%[\s\S]*?%>/g, '');
    // A chart is an image by itself, sent with a policy that allows its own style.
    const own = name === 'overview/chart.eta' ? markup.replace('<style></style>', '') : markup;
    expect(own).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(markup).not.toMatch(/<script(?![^>]*\ssrc=)/i);
  });

  it.each(templates)('%s asks no other host for anything', (name) => {
    expect(read(name)).not.toMatch(/(src|href|action)=["']?(https?:)?\/\//i);
  });

  it.each(templates)('%s writes values in quotation marks', (name) => {
    expect(read(name)).not.toMatch(/\s[\w-]+=<%=/);
  });
});

/** The call with which the code begins, to its closing bracket. */
function outermost(code: string): string {
  let depth = 0;
  for (const [index, character] of [...code].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0 && character === ')') return code.slice(0, index + 1);
  }
  return '';
}
