import { describe, expect, it, test } from '@jest/globals';
import { normaliseSlug } from '../../src/posts/addresses.ts';
import { type DeskFields, readDeskFields, readDraft, readTags } from '../../src/posts/form.ts';

const empty: DeskFields = {
  kind: 'post',
  title: 'A title',
  slug: '',
  body: 'Text',
  excerpt: '',
  tags: '',
  authors: 'ada',
  mode: 'site',
  closing: 'site',
  closing_days: '',
  publish_at: '',
  dated: 'first',
  version: '7',
  key: '',
};

describe('the form of the desk', () => {
  it('leaves a field alone that the request lacks, but never guesses the version', () => {
    const fields = readDeskFields({ title: 'Another', unknown: 'x' }, { base: empty, fixed: [] });
    expect(fields).toEqual({ ...empty, title: 'Another', version: '' });
  });

  it('ignores a field that this person may not change', () => {
    const fields = readDeskFields({ authors: 'eve', version: '7' }, { base: empty, fixed: ['authors'] });
    expect(fields).toEqual(empty);
  });

  it('takes a draft of it, rendered', () => {
    const read = readDraft({ ...empty, title: '  A\n title ', body: 'Some *words*' });
    if (!('draft' in read)) throw new Error('It was refused.');
    expect(read.draft).toMatchObject({ title: 'A title', slug: '', mode: null, closing: { age: null, quiet: null } });
    expect(read.draft.html.toString()).toContain('<em>words</em>');
  });

  it('keeps the empty lines at the beginning of a text', () => {
    const read = readDraft({ ...empty, body: '\n\n    code' });
    expect('draft' in read && read.draft.source).toBe('\n\n    code');
  });

  it('reads comment settings', () => {
    const settings = (fields: Partial<DeskFields>) => {
      const read = readDraft({ ...empty, ...fields });
      return 'draft' in read && [read.draft.mode, read.draft.closing];
    };
    expect(settings({ mode: 'all_held', closing: 'never' })).toEqual(['all_held', { age: 0, quiet: 0 }]);
    expect(settings({ mode: 'closed', closing: 'days', closing_days: ' 30 ' })).toEqual([
      'closed',
      { age: 30, quiet: 0 },
    ]);
    expect(settings({ closing: 'quiet', closing_days: '7' })).toEqual([null, { age: 0, quiet: 7 }]);
    expect(settings({ mode: 'whatever', closing: 'whatever' })).toEqual([null, { age: null, quiet: null }]);
  });

  const refusals: [string, Partial<DeskFields>, string, string][] = [
    ['no title', { title: ' \u200b ' }, 'title', 'writing.error.title.missing'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title', 'writing.error.title.tooLong'],
    ['a text of 500,001 characters', { body: 'x'.repeat(500_001) }, 'body', 'writing.error.body.tooLong'],
    ['an address without letters', { slug: '!!' }, 'slug', 'writing.error.slug.unusable'],
    ['an address of 121 characters', { slug: `${'x-'.repeat(60)}x` }, 'slug', 'writing.error.slug.tooLong'],
    ['an excerpt of 501 characters', { excerpt: 'x'.repeat(501) }, 'excerpt', 'writing.error.excerpt.tooLong'],
    ['tags of 2,001 characters', { tags: `a,${' '.repeat(1999)}` }, 'tags', 'writing.error.field.tooLong'],
    ['authors of 2,001 characters', { authors: `a,${' '.repeat(1999)}` }, 'authors', 'writing.error.field.tooLong'],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, n) => `t${n}`).join() }, 'tags', 'writing.error.tags.tooMany'],
    ['a tag of 61 characters', { tags: 'x'.repeat(61) }, 'tags', 'writing.error.tags.tooLong'],
    ['a tag of signs', { tags: 'good, ++' }, 'tags', 'writing.error.tags.unusable'],
    ['no author', { authors: ' , ' }, 'authors', 'writing.error.authors.missing'],
    [
      '21 authors',
      { authors: Array.from({ length: 21 }, (_, n) => `a${n}`).join() },
      'authors',
      'writing.error.authors.tooMany',
    ],
    ['no number of days', { closing: 'days', closing_days: '' }, 'closing_days', 'writing.error.closing_days'],
    ['no days at all', { closing: 'days', closing_days: '0' }, 'closing_days', 'writing.error.closing_days'],
    ['too many days', { closing: 'days', closing_days: '36501' }, 'closing_days', 'writing.error.closing_days'],
  ];
  const megabytes: [keyof DeskFields, string][] = [
    ['title', 'a '],
    ['slug', 'a-'],
    ['excerpt', 'a '],
    ['tags', 'a,'],
    ['authors', 'a,'],
  ];
  test.each(megabytes)('refuses megabytes of %s at once, without taking them apart', (field, part) => {
    const start = process.cpuUsage();
    const read = readDraft({ ...empty, [field]: part.repeat(2_700_000) });
    const { user, system } = process.cpuUsage(start);
    expect('errors' in read && read.errors.map((error) => error.field)).toEqual([field]);
    expect((user + system) / 1000).toBeLessThan(200);
  });

  test.each(refusals)('refuses %s', (_what, fields, field, key) => {
    const read = readDraft({ ...empty, ...fields });
    expect('errors' in read && read.errors.map((error) => [error.field, error.message.key])).toEqual([[field, key]]);
  });

  it('takes all that is just within the limits', () => {
    const read = readDraft({
      ...empty,
      title: 'x'.repeat(200),
      slug: `${'x-'.repeat(59)}xx`,
      body: 'x'.repeat(500_000),
      excerpt: 'x'.repeat(500),
      tags: Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(60, 'x')).join(),
    });
    expect(read).toHaveProperty('draft');
  });

  it('says everything that is wrong at once', () => {
    const read = readDraft({ ...empty, title: '', slug: '?', excerpt: 'x'.repeat(501) });
    expect('errors' in read && read.errors.map(({ field }) => field)).toEqual(['title', 'slug', 'excerpt']);
  });
});

describe('tags', () => {
  it('stand between commas, and count once however they are written', () => {
    expect(readTags('Work, #work , Über uns，work,,')).toEqual([
      { slug: 'work', name: 'Work' },
      { slug: 'uber-uns', name: 'Über uns' },
    ]);
  });
});

describe('a typed slug', () => {
  test.each([
    ['Lacking Leadership', 'lacking-leadership'],
    ['/posts/new_one/', 'posts-new-one'],
    ['feed.xml', 'feed-xml'],
    ['--', ''],
    [
      'a-slug-that-is-longer-than-the-eighty-characters-at-which-titles-are-cut-because-its-author-likes-it',
      'a-slug-that-is-longer-than-the-eighty-characters-at-which-titles-are-cut-because-its-author-likes-it',
    ],
  ])('%s becomes %s', (typed, slug) => {
    expect(normaliseSlug(typed)).toBe(slug);
  });
});
