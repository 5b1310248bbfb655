import { expect, it } from '@jest/globals';
import { renderComment } from '../../src/text/comment-markdown.ts';
import { renderPost } from '../../src/text/post-markdown.ts';
import { describeInBrowser } from '../support/browser.ts';
import { ownAttacks, sharedAttacks } from './hostile-markup.ts';
import { type Listed, listedInComments, listedInPosts } from './listed-markup.ts';
import { type Watched, watchTexts } from './watched-page.ts';

const inComments = (source: string) => renderComment(source).html.toString();
const inPosts = (source: string) => renderPost(source).html.toString();
const nothing: Watched = { acts: [], requests: [], unlisted: [] };
const perPage = 400;

const shared = sharedAttacks();
const itWithShared = shared.length > 0 ? it : it.skip;

describeInBrowser('a browser that shows hostile texts', (browser) => {
  const kinds: readonly [string, (source: string) => string, Listed][] = [
    ['comments', inComments, listedInComments],
    ['posts', inPosts, listedInPosts],
  ];

  it.each(kinds)(
    'runs, asks for and finds nothing in %s with our own attacks',
    async (_kind, render, listed) => {
      expect(await watchTexts(browser(), { texts: ownAttacks.map(render), listed, hand: true })).toEqual(nothing);
    },
    120_000,
  );

  itWithShared.each(kinds)(
    'runs, asks for and finds nothing in %s with the shared attacks',
    async (_kind, render, listed) => {
      for (let first = 0; first < shared.length; first += perPage) {
        const texts = shared.slice(first, first + perPage).map(render);
        expect(await watchTexts(browser(), { texts, listed, hand: false })).toEqual(nothing);
      }
    },
    120_000,
  );

  it.each([
    {
      what: 'scripts, dialogs and styles',
      list: 'acts',
      texts: [
        '<img src="/a" onerror="console.log(1)">',
        '<p onmouseover="console.log(2)">a</p>',
        '<a href="javascript:console.log(3)">a</a>',
        '<details open ontoggle="alert(4)">a</details>',
        '<p style="color: red" onclick="attacked = 5">a</p>',
      ],
      traces: ['console 1', 'console 2', 'console 3', 'dialog 4', 'attacked', 'style-src'],
    },
    {
      what: 'requests and forms',
      list: 'requests',
      texts: ['<img src="//b.example/c">', '<form action="/d" method="post"><button>a</button></form>'],
      traces: ['GET http://b.example/c', 'POST http://page.example/d'],
    },
    {
      what: 'a page that leads away',
      list: 'requests',
      texts: ['<meta http-equiv="refresh" content="0;url=//b.example">'],
      traces: ['GET http://b.example/'],
    },
    {
      what: 'elements, attributes and schemes off the list, and texts that leave their place',
      list: 'unlisted',
      texts: ['<svg></svg>', '<p id="reply">a</p>', '<a href="ftp://b.example">a</a>', '</section></main><p>b</p>'],
      traces: ['<svg>', '<p id="reply">', '<a href="ftp:', '<p>b</p>'],
    },
  ] as const)(
    'would be caught with $what',
    async ({ list, texts, traces }) => {
      const caught = (await watchTexts(browser(), { texts, listed: listedInPosts, hand: false }))[list].join('\n');
      for (const trace of traces) expect(caught).toContain(trace);
    },
    60_000,
  );
});
