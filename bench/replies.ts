import type { LoadRequest } from './load.ts';

let count = 0;

/** A reply as a guest sends it without a script: each with a text of its own, to a conversation that publishes at once. */
export function nextReply(): LoadRequest {
  count += 1;
  const form = new URLSearchParams({
    name: 'Bench Reader',
    body: `This is reply number ${count}. It has *two* short sentences, as many replies do.`,
    parent: '',
  });
  return { path: '/posts/open-thread/comments', form: form.toString(), expect: 303 };
}
