// Keeps the text of a reply in this browser until the server has said that it was taken: through a reload, a crash, a
// lost answer, and a conversation that was closed meanwhile. In doubt it is kept; the key that is kept with it sees to it
// that sending it again makes no second comment.
import { forget, keep, namesAfter, recall } from './browser-store.js';
import { makeKey, noteAnswered, wasAnswered } from './reply-key.js';
import { settleDrafts } from './settle-drafts.js';
import { copyOf } from './words.js';

const form = document.querySelector('form.reply-form');
const { body, key, parent } = form?.elements ?? {};
const note = form?.querySelector('.kept-note');
const others = document.querySelector('.kept-texts');
const conversation = (form ?? document.getElementById('conversation'))?.dataset.conversation;

/** The text that was kept last under the key of this form. */
let saved;

function draftsWhere(fits) {
  const drafts = namesAfter('draft ').map((key) => ({ key, ...recall(`draft ${key}`, {}) }));
  return drafts.filter(fits).sort((one, other) => other.at - one.at);
}

function isHere(draft) {
  return draft.conversation === conversation && draft.parent === parent.value;
}

function keyOf(text) {
  return draftsWhere((draft) => isHere(draft) && draft.text === text)[0]?.key;
}

// A form that was taken before with another text: what is new in it can only be sent under a new key.
function renew(key) {
  noteAnswered(key);
  const { text, ...draft } = recall(`draft ${key}`, {});
  forget(`draft ${key}`);
  if (text) keep(`draft ${makeKey()}`, { ...draft, text });
}

function useKey(one) {
  key.value = one;
  history.replaceState({ replyKey: one }, '');
}

function restore() {
  const [latest] = draftsWhere(isHere);
  // Browsers fill in the text again, but not the key.
  const earlier = body.value !== '' && history.state?.replyKey;
  if (body.value === '' && latest) {
    body.value = latest.text;
    key.value = latest.key;
    note.hidden = false;
  }
  useKey(key.value || keyOf(body.value) || earlier || makeKey());
  saved = recall(`draft ${key.value}`)?.text;
  // A text that the server sent back.
  if (body.defaultValue !== '' && !wasAnswered(key.value)) save();
}

function save() {
  const stored = recall(`draft ${key.value}`);
  // Taken, and this is something new; or continued in another tab, and from here on there are two.
  if (key.value === '' || wasAnswered(key.value) || (stored && stored.text !== saved)) useKey(makeKey());
  saved = body.value;
  if (saved.trim() === '') return forget(`draft ${key.value}`);
  keep(`draft ${key.value}`, { conversation, parent: parent.value, text: saved, at: Date.now() });
}

function discard() {
  forget(`draft ${key.value}`);
  body.value = '';
  useKey(makeKey());
  note.hidden = true;
  body.dispatchEvent(new Event('input'));
  body.focus();
}

// Back from the answer: the same text, sent again, is no second comment; a text that was refused has a key of its own.
function comeBack() {
  settleDrafts();
  if (wasAnswered(key.value)) useKey(keyOf(body.value) ?? key.value);
}

// What has no form on this page: it was closed, or the text answers one comment and has a page of its own.
function offer(draft) {
  const item = copyOf(others.querySelector('template'));
  const link = item.querySelector('a');
  item.querySelector('textarea').value = draft.text;
  if (form && draft.parent) link.href = `/comments/${draft.parent}/reply`;
  else link.remove();
  item.querySelector('button').addEventListener('click', () => {
    forget(`draft ${draft.key}`);
    item.remove();
    others.hidden = !others.querySelector('textarea');
  });
  others.append(item);
  others.hidden = false;
}

function begin() {
  if (form) {
    restore();
    addEventListener('pageshow', comeBack);
  }
  if (!others) return;
  const isElsewhere = (draft) => draft.conversation === conversation && draft.key !== key?.value;
  for (const draft of draftsWhere(isElsewhere)) offer(draft);
}

const refused = document.querySelector('[data-sent-key]');
if (refused) renew(refused.dataset.sentKey);
if (form) {
  body.addEventListener('input', save);
  note.querySelector('button').addEventListener('click', discard);
}
// What the browser fills in by itself on a reload or the way back is there only when the page is shown.
if (performance.getEntriesByType('navigation')[0]?.type === 'navigate') begin();
else addEventListener('pageshow', begin, { once: true });
