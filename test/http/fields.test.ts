import { describe, expect, it } from '@jest/globals';
import { readFields, readId, readList } from '../../src/http/fields.ts';

describe('The door for what people send', () => {
  it('lets in the fields that are named, and nothing else', () => {
    expect(readFields({ name: 'Greta', role: 'owner' }, ['name'])).toEqual({ name: 'Greta' });
  });

  it.each([[undefined], [null], ['name=x'], [12], [[]], [{}]])('makes empty fields of %j', (body) => {
    expect(readFields(body, ['name', 'body'])).toEqual({ name: '', body: '' });
  });

  it.each([
    ['a list, its last', ['first', 'last'], 'last'],
    ['an empty list, nothing', [], ''],
    ['a number, nothing', 7, ''],
    ['an object, nothing', { toString: () => 'x' }, ''],
    ['a list that ends in an object, nothing', ['first', {}], ''],
  ])('takes of %s', (_what, value, text) => {
    expect(readFields({ name: value }, ['name'])).toEqual({ name: text });
  });

  it('takes what the parser made without a prototype, and no property that an object has anyway', () => {
    const body = Object.assign(Object.create(null), { name: 'Greta' });
    expect(readFields(body, ['name'])).toEqual({ name: 'Greta' });
    expect(readFields({}, ['constructor', 'toString'])).toEqual({ constructor: '', toString: '' });
  });

  it('keeps text as it was typed, except for what no text can hold', () => {
    const typed = '  two\r\nlines\u0000 \ud800 e\u0301 \u202e';
    expect(readFields({ body: typed }, ['body'])).toEqual({ body: '  two\nlines \ufffd é ' });
  });
});

describe('A field that may be repeated', () => {
  it.each<[unknown, string[]]>([
    [{ ids: ['1', '2'] }, ['1', '2']],
    [{ ids: '1' }, ['1']],
    [{ ids: ['1', {}, 2, '3'] }, ['1', '3']],
    [{}, []],
    [undefined, []],
    [{ ids: { length: 1 } }, []],
  ])('of %j is %j', (body, values) => {
    expect(readList(body, 'ids')).toEqual(values);
  });
});

describe('The number of a row', () => {
  it.each<[unknown, number]>([
    ['1', 1],
    ['2147483647', 2_147_483_647],
  ])('is %j', (text, id) => {
    expect(readId(text)).toBe(id);
  });

  it.each<[unknown]>([
    ['0'],
    ['01'],
    ['-1'],
    ['+1'],
    ['1.0'],
    ['1e3'],
    ['0x1'],
    [' 1'],
    ['1\n'],
    ['٣'],
    ['2147483648'],
    ['99999999999'],
    [''],
    [undefined],
    [1],
    [['1']],
  ])('is not %j', (text) => {
    expect(readId(text)).toBeUndefined();
  });
});
