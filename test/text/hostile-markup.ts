import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the shared collection lies, beside the project; it is not part of it. */
const shared = join(import.meta.dirname, '..', '..', '..', 'shared', 'security', 'xss-vectors.json');

/** The shared collection of attacks, or none where it is missing, which is said on standard error. */
export function sharedAttacks(): readonly string[] {
  if (!existsSync(shared)) {
    process.stderr.write(`Skipped: the shared attacks are missing (${shared}).\n`);
    return [];
  }
  const rows = JSON.parse(readFileSync(shared, 'utf8')) as readonly { readonly p: string }[];
  return rows.map(({ p }) => p);
}

const script = 'attacked=1';
const image = `<img src=x onerror=${script}>`;

/** Attacks of our own, on Markdown, on the sanitiser and on the page around; each would set `attacked` or load something. */
export const ownAttacks: readonly string[] = [
  // Addresses in Markdown
  `[a](javascript:${script})`,
  `[a](JaVaScRiPt:${script})`,
  `[a](<java\tscript:${script}>)`,
  `[a](<\u0001javascript:${script}>)`,
  `[a](java&#115;cript&colon;${script})`,
  `[a](javascript&Tab;:${script})`,
  `[a](data:text/html,<script>${script}</script>)`,
  `[a](vbscript:${script} "b")`,
  `[a][b]\n\n[b]: javascript:${script}`,
  `<javascript:${script}>`,
  `<https://a.example/"onmouseover="${script}>`,
  `http://a.example/"onclick="${script}`,
  `[a](http://a.example/"onclick="${script})`,
  `[a](http://a.example 'b" onclick="${script}')`,
  `![a](x"onerror="${script})`,
  `![a" onerror="${script}](/x)`,
  `![a](javascript:${script})`,
  `![a](http://a.example/b.png)`,
  `[![a](//a.example/b.png)](javascript:${script})`,
  `![a](/.//a.example/b.png)`,
  `![a](\\\\a.example\\b.png)`,
  // Places in Markdown that carry words into markup
  `\`\`\`"><${'script'}>${script}</script>\na\n\`\`\``,
  `\`\`\`js" onclick="${script}\na\n\`\`\``,
  `# ${image}`,
  `# a" onclick="${script}`,
  `| ${image} | b |\n|:"onclick=${script}-|---|\n| <svg onload=${script}> | d |`,
  `- [x] ${image}`,
  `1" onclick="${script}. a`,
  `> ${image}`,
  `*${image}*`,
  // Elements that act
  image,
  `<script>${script}</script>`,
  `<scr<script>ipt>${script}</scr</script>ipt>`,
  `<svg onload=${script}>`,
  `<svg><script>${script}</script></svg>`,
  `<svg><a xlink:href="javascript:${script}"><text y=20>a</text></a></svg>`,
  `<svg><animate attributeName=href values="javascript:${script}"></svg>`,
  `<math href="javascript:${script}">a</math>`,
  `<details open ontoggle=${script}>a</details>`,
  `<input autofocus onfocus=${script}>`,
  `<video src=x onerror=${script}></video>`,
  `<audio src="http://a.example/b" autoplay></audio>`,
  `<iframe src="javascript:parent.${script}"></iframe>`,
  `<iframe srcdoc="<script>parent.${script}</script>"></iframe>`,
  `<object data="javascript:${script}"></object>`,
  `<embed src="http://a.example/b.swf">`,
  `<form action="javascript:${script}"><button>a</button></form>`,
  `<button formaction="javascript:${script}" form=reply>a</button>`,
  `<base href="http://a.example/"><img src="/b">`,
  `<meta http-equiv=refresh content="0;url=http://a.example/">`,
  `<link rel=stylesheet href="http://a.example/b.css">`,
  `<style>@import "http://a.example/b.css"</style>`,
  `<p style="background:url(http://a.example/b)">a</p>`,
  `<table background="http://a.example/b"><tr><td background="http://a.example/b">a</td></tr></table>`,
  `<img src="/a" srcset="http://a.example/b 2x" onload=${script}>`,
  `<img src="/a" longdesc="javascript:${script}" usemap="#b">`,
  `<a href="http://a.example/" ping="http://a.example/b" target="_blank" onclick=${script}>a</a>`,
  `<a href="javascript&#58;${script}">a</a>`,
  `<a href=" \u0001 javascript:${script}">a</a>`,
  `<a href="jav&#x0A;ascript:${script}">a</a>`,
  `<picture><source srcset="http://a.example/b"><img src="/a"></picture>`,
  // Markup that a browser reads otherwise than a sanitiser does
  `<noscript><p title="</noscript>${image}">`,
  `<textarea></textarea/>${image}</textarea>`,
  `<title></title>${image}</title>`,
  `<xmp></xmp/>${image}</xmp>`,
  `<plaintext>${image}`,
  `<template>${image}</template>`,
  `<!--><${'img'} src=x onerror=${script}>-->`,
  `<![CDATA[<img src=x onerror=${script}>]]>`,
  `<?a ?>${image}?>`,
  `<p title="--!>${image}">a</p>`,
  `<form><math><mtext></form><form><mglyph><style></math>${image}`,
  `<svg></p><style><a id="</style>${image}">`,
  `<math><annotation-xml encoding="text/html"><style>${image}</style></annotation-xml></math>`,
  `<select><style></select>${image}</style>`,
  `<img src="/a" alt="\`>${image}">`,
  `<a title='"><img src=x onerror=${script}>'>a</a>`,
  `<p/onclick=${script}/id=a>b</p>`,
  `<ſcript>${script}</ſcript>`,
  `\u003cimg src=x onerror=${script}\u003e`,
  `&lt;img src=x onerror=${script}&gt;`,
  // Borrowing from the page around
  `</section></main></body>${image}`,
  `<h2 id="reply" class="notice" name="forms">a</h2>`,
  `<img name="cookie" id="body" src="/a">`,
  `<label for="body">a</label><input form="reply" name="key">`,
  `</p></li></ol><li><table><tr><td>a`,
];
