// Says how many characters are left, once few are: at each key for the eye, after a pause in typing for the ear.
import { counted } from './words.js';

const near = 1_000;
const pause = 1_500;

const counter = document.querySelector('.reply-form .counter');
const body = counter?.closest('form').elements.body;

/** As the server counts: what it takes away is not counted, and an emoji is one. */
function lengthOf(text) {
  const kept = text.replace(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu, '');
  return [...kept.normalize('NFC').trim()].length;
}

let speaking;

function count() {
  const [seen, heard] = counter.children;
  const left = Number(counter.dataset.most) - lengthOf(body.value);
  const words = left < 0 ? counted(counter, 'over', -left) : left < near ? counted(counter, 'left', left) : '';
  seen.textContent = words;
  counter.classList.toggle('over', left < 0);
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if (heard.textContent !== words) heard.textContent = words;
  }, pause);
}

if (counter) {
  body.addEventListener('input', count);
  addEventListener('pageshow', count);
  count();
}
