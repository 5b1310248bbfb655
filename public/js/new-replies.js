// Says that replies have come, and leads to them when asked: the text under the reader stays where it is. The stream is
// read by fetch, which unlike EventSource tells why one was refused; a hidden page has none.
import { counted } from './words.js';

const waits = { first: 2_000, longest: 300_000 };
const together = 3_000;

const section = document.getElementById('conversation');
const status = section?.querySelector('.new-replies');

let stream;
let failures = 0;
let readable = Number(section?.dataset.readable);
let speaking;

async function listen() {
  stream?.abort();
  stream = new AbortController();
  const { signal } = stream;
  try {
    const answer = await fetch(`/conversations/${section.dataset.conversation}/stream`, { signal });
    if (answer.status === 404) return;
    if (answer.ok) await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    else await answer.body?.cancel();
  } catch {}
  if (signal.aborted) return;
  const wait = Math.min(waits.first * 2 ** failures, waits.longest);
  failures += 1;
  setTimeout(() => signal.aborted || listen(), wait * (0.5 + Math.random()));
}

async function read(reader) {
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + value).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event);
      if (data) note(JSON.parse(data[1]).readable);
    }
  }
}

function note(count) {
  failures = 0;
  readable = count;
  // The first is told at once, more of them together.
  if (!speaking) speaking = setTimeout(announce, status.textContent ? together : 0);
}

function announce() {
  speaking = undefined;
  const more = readable - Number(section.dataset.readable);
  if (!(more > 0)) return status.replaceChildren();
  const link = document.createElement('a');
  const parted = section.querySelector('.thread-more, .thread-continued');
  link.href = location.pathname + (parted ? '?order=newest' : location.search);
  link.textContent = status.dataset.show;
  link.addEventListener('click', remember);
  status.replaceChildren(counted(status, 'count', more), ' ', link);
}

// For the page that the link leads to.
function remember() {
  const ids = [...section.querySelectorAll('[data-comment]')].map(({ dataset }) => Number(dataset.comment));
  try {
    sessionStorage.setItem('rejoinder: arrived', JSON.stringify([performance.timeOrigin, ...ids]));
  } catch {}
}

function follow() {
  if (document.hidden) stream?.abort();
  else listen();
}

if (status && section.dataset.conversation) {
  document.addEventListener('visibilitychange', follow);
  addEventListener('pagehide', () => stream?.abort());
  addEventListener('pageshow', follow);
}
