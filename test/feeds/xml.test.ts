import { describe, expect, it } from '@jest/globals';
import { element, xmlDocument } from '../../src/feeds/xml.ts';

const write = (text: string) => element('title', text).markup;

describe('an element', () => {
  it('escapes what is markup, in text and in attributes', () => {
    expect(write('<b> & "c"')).toBe('<title>&lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(element('link', [], { href: '/?a=1&b="2"' }).markup).toBe('<link href="/?a=1&amp;b=&quot;2&quot;"/>');
  });

  it('leaves out what no document can hold, and keeps the rest', () => {
    expect(write('a\u0000b\u0008c\u001fd\ufffee\uffff')).toBe('<title>abcde</title>');
    expect(write('half \ud800 pair, \udc00 other, whole 😀')).toBe('<title>half  pair,  other, whole 😀</title>');
    expect(write('tab\tline\nend')).toBe('<title>tab\tline\nend</title>');
    expect(write('\r')).toBe('<title>&#13;</title>');
  });

  it('holds elements, and is empty without any', () => {
    expect(element('a', [element('b'), element('c', 'd')]).markup).toBe('<a><b/>\n<c>d</c></a>');
  });

  it('stands in a document with its encoding', () => {
    expect(xmlDocument(element('a'))).toBe('<?xml version="1.0" encoding="utf-8"?>\n<a/>\n');
  });
});
