import { describe, expect, it } from '@jest/globals';
import { renderComment } from '../../src/text/comment-markdown.ts';
import { renderPost } from '../../src/text/post-markdown.ts';
import { ownAttacks, sharedAttacks } from './hostile-markup.ts';
import { listedInComments, listedInPosts, unlistedIn } from './listed-markup.ts';

const shared = sharedAttacks();
const itWithShared = shared.length > 0 ? it : it.skip;

type Place = (attack: string) => string;

/** Places of a text where an attack may stand; the many of the shared collection stand in the first ones only. */
const firstPlaces: readonly Place[] = [
  (attack) => attack,
  (attack) => `[a](${attack})`,
  (attack) => `<a href="${attack}">a</a><img src='${attack}' alt=${attack}>`,
];
const morePlaces: readonly Place[] = [
  (attack) => `[a](<${attack}> "${attack}")`,
  (attack) => `![${attack}](${attack})`,
  (attack) => `<${attack}>`,
  (attack) => `\`\`\`${attack}\n${attack}\n\`\`\``,
  (attack) => `# ${attack}\n\n- > *${attack}* \`${attack}\``,
  (attack) => `| ${attack} | b |\n|---|---|\n| c | ${attack} |`,
];

describe('nothing unlisted is rendered', () => {
  it.each(named([...firstPlaces, ...morePlaces]))('of our own attacks in %s', (_name, place) => {
    expect(faultsOf(ownAttacks.map(place))).toEqual([]);
  });

  itWithShared.each(named(firstPlaces))(
    'of the shared attacks in %s',
    (_name, place) => {
      expect(faultsOf(shared.map(place))).toEqual([]);
    },
    30_000,
  );
});

describe('the list', () => {
  it.each([
    ['<script>a</script>'],
    ['<p onclick="a">b</p>'],
    ['<a href="javascript:a">b</a>'],
    ['<a href="/b" rel="opener">b</a>'],
    ['<img src="//a.example/b">'],
    ['<h2 id="reply">a</h2>'],
    ['<td class="notice">a</td>'],
    ['<p>a'],
    ['a</p>'],
    ['a > b'],
    ['<p a=b>c</p>'],
    ['<!-- a -->'],
  ])('does not hold %s', (markup) => {
    expect(unlistedIn(markup, listedInPosts)).toBeDefined();
  });
});

function named(places: readonly Place[]): [string, Place][] {
  return places.map((place) => [place('ATTACK').replaceAll('\n', '⏎'), place]);
}

function faultsOf(sources: readonly string[]): readonly object[] {
  return sources.flatMap((source) => {
    const inComment = unlistedIn(renderComment(source).html.toString(), listedInComments);
    const inPost = unlistedIn(renderPost(source).html.toString(), listedInPosts);
    return inComment || inPost ? [{ source, inComment, inPost }] : [];
  });
}
