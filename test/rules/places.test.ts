import { describe, expect, it } from '@jest/globals';
import { placesElsewhere, placesIn } from '../../src/rules/places.ts';
import { renderComment } from '../../src/text/comment-markdown.ts';

function placesOf(body: string, { name = 'Greta', website }: { name?: string; website?: string } = {}): string[] {
  const { addresses } = renderComment(body).links;
  return placesElsewhere(placesIn({ addresses, website, name }), 'blog.example').map(({ place }) => place);
}

describe('The places that a comment leads to', () => {
  it.each([
    ['whatever the path', 'https://shop.example/a?b and https://www.shop.example/c', ['shop.example']],
    [
      'with a host for each person',
      'https://anna.blogs.example https://ben.blogs.example',
      ['anna.blogs.example', 'ben.blogs.example'],
    ],
    ['in Cyrillic', 'https://магазин.рф/скидки', ['xn--80aairftm.xn--p1ai']],
    ['in Hebrew', 'https://קזינו.example', ['xn--9dbbj2a6a.example']],
    [
      'on a host that many share',
      'https://youtube.com/watch?v=1 https://www.youtube.com/watch?v=2',
      ['youtube.com/watch?v=1', 'youtube.com/watch?v=2'],
    ],
    [
      'on one below such a host',
      'https://ru.wikipedia.org/wiki/%D0%9A%D0%BE%D1%82/',
      ['ru.wikipedia.org/wiki/%D0%9A%D0%BE%D1%82'],
    ],
    ['on one that only ends like it', 'https://notyoutube.com/watch?v=1', ['notyoutube.com']],
    ['on this site', 'https://blog.example/posts/one and https://www.blog.example/', []],
    ['by mail', '[write](mailto:me@shop.example)', []],
    ['nowhere', 'No link.', []],
  ])('are told apart: %s', (_what, body, places) => {
    expect(placesOf(body)).toEqual(places);
  });

  it('are those of the website and of an address as a name, too, each once', () => {
    const fields = { name: 'www.shop.example', website: 'https://www.me.example/about' };
    expect(placesOf('https://shop.example/1', fields)).toEqual(['shop.example', 'me.example']);
  });

  it('are twenty at most, and none is longer than can be looked for', () => {
    const many = Array.from({ length: 30 }, (_none, index) => `https://a${index}.example`).join(' ');
    expect(placesOf(many)).toHaveLength(20);
    expect(placesOf(`https://github.com/${'x'.repeat(1000)}`)[0]).toHaveLength(300);
  });
});
