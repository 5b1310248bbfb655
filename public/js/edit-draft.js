// Keeps what is typed into the form for an edit in this browser until it was saved: through a reload, a crash and a lost
// answer. It belongs to the text that was edited: once that is another one, by this edit or by another, it is forgotten.
import { forget, keep, recall } from './browser-store.js';
import './settle-drafts.js';

function lookAfter(form) {
  const { body } = form.elements;
  const version = form.elements.version?.value;
  const name = `edit ${form.dataset.comment}`;
  const note = form.querySelector('.kept-note');
  const save = () => keep(name, { version, text: body.value, at: Date.now() });
  const kept = recall(name);

  if (form.dataset.typed) save();
  else if (kept?.version !== version) forget(name);
  else if (kept.text !== body.value) {
    body.value = kept.text;
    note.hidden = false;
  }
  body.addEventListener('input', save);
  // What is kept asks to be told that it was saved.
  const asking = document.createElement('input');
  Object.assign(asking, { type: 'hidden', name: 'kept', value: 'yes' });
  form.append(asking);
  note.querySelector('button').addEventListener('click', () => {
    forget(name);
    body.value = body.defaultValue;
    note.hidden = true;
    body.focus();
  });
}

const editing = document.querySelector('form.edit-form');
if (editing) lookAfter(editing);

const deleting = document.querySelector('form.delete-form');
deleting?.addEventListener('submit', () => forget(`edit ${deleting.dataset.comment}`));
