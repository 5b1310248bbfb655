// Keeps the text of a reply in this browser until the server has said that it was taken: through a reload, a crash, a
// lost answer, and a conversation that was closed meanwhile. In doubt it is kept; the key that is kept with it sees to it
// that sending it again makes no second comment.
import { forget, keep, namesAfter, recall } from './browser-store.js';
import { makeKey, noteAnswered, takenKeys, wasAnswered } from './reply-key.js';
import { copyOf } from './words.js';

const lifetime = 30 * 86_400_000;

const form = document.querySelector('form.reply-form');
const texts = document.querySelector('.kept-texts');
const conversation = (form ?? document.getElementById('conversation'))?.dataset.conversation;

function draftsOf(belongs) {
  const drafts = namesAfter('draft ').map((key) => ({ key, ...recall(`draft ${key}`, {}) }));
  return drafts.filter(belongs).sort((one, other) => other.at - one.at);
}

function settle() {
  for (const key of takenKeys()) forget(`draft ${key}`);
  for (const { key } of draftsOf(({ at }) => !(at > Date.now() - lifetime))) forget(`draft ${key}`);
}

// A form that was taken before with another text: what is new in it can only be sent under a new key.
function renew(key) {
  noteAnswered(key);
  const { text, ...draft } = recall(`draft ${key}`, {});
  forget(`draft ${key}`);
  if (text) keep(`draft ${makeKey()}`, { ...draft, text });
}

function lookAfter({ body, key, parent }) {
  const note = form.querySelector('.kept-note');
  const isHere = (draft) => draft.conversation === conversation && draft.parent === parent.value;
  const keyOf = (text) => draftsOf((draft) => isHere(draft) && draft.text === text)[0]?.key ?? makeKey();
  const [latest] = draftsOf(isHere);
  const cameBack = key.defaultValue !== '';
  if (body.value === '' && latest) {
    body.value = latest.text;
    key.value = latest.key;
    note.hidden = false;
  }
  if (key.value === '') key.value = keyOf(body.value);
  let saved = recall(`draft ${key.value}`)?.text;

  function save() {
    const other = recall(`draft ${key.value}`);
    // The same draft, continued in another tab: from here on there are two.
    if (wasAnswered(key.value) || (other && other.text !== saved)) key.value = makeKey();
    saved = body.value;
    if (saved.trim() === '') return forget(`draft ${key.value}`);
    keep(`draft ${key.value}`, { conversation, parent: parent.value, text: saved, at: Date.now() });
  }

  body.addEventListener('input', save);
  if (cameBack && body.value !== '') save();
  note.querySelector('button').addEventListener('click', () => {
    forget(`draft ${key.value}`);
    body.value = '';
    key.value = makeKey();
    note.hidden = true;
    body.dispatchEvent(new Event('input'));
    body.focus();
  });
  // Back from the answer: the form is as it was, but what is written into it now is something new.
  addEventListener('pageshow', () => {
    settle();
    if (wasAnswered(key.value)) key.value = keyOf(body.value);
  });
}

// What has no form on this page: it was closed, or the text answers one comment and has a page of its own.
function offer(draft) {
  const item = copyOf(texts.querySelector('template'));
  const link = item.querySelector('a');
  item.querySelector('textarea').value = draft.text;
  if (form && draft.parent) link.href = `/comments/${draft.parent}/reply`;
  else link.remove();
  item.querySelector('button').addEventListener('click', () => {
    forget(`draft ${draft.key}`);
    item.remove();
    texts.hidden = !texts.querySelector('textarea');
  });
  texts.append(item);
  texts.hidden = false;
}

settle();
const conflict = document.querySelector('[data-sent-key]')?.dataset.sentKey;
if (conflict) renew(conflict);
if (form) lookAfter(form.elements);
if (texts) {
  const own = form?.elements.key.value;
  for (const draft of draftsOf(({ key, ...draft }) => draft.conversation === conversation && key !== own)) offer(draft);
}
