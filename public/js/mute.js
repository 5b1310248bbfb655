// Lets a reader mute a person for oneself. There are no accounts, so a person is a name as it is shown; who has the same
// name is muted with them. What others reply stays.
import { keep, recall } from './browser-store.js';
import { copyOf, filled } from './words.js';

const most = 500;

const section = document.getElementById('conversation');
const [buttonTemplate, noteTemplate] = section?.querySelectorAll('.mute-tools > template') ?? [];
const list = section?.querySelector('.muted-people');

const muted = new Set(recall('muted people', []));
const comments = [...(section?.querySelectorAll('article.comment:not([data-own]):has(.comment-name)') ?? [])].map(
  (article) => ({
    article,
    name: article.querySelector('.comment-name').textContent.trim(),
  }),
);

function change(name, add) {
  muted[add ? 'add' : 'delete'](name);
  keep('muted people', [...muted].slice(-most));
  showAll();
}

function showAll() {
  for (const comment of comments) show(comment);
  list.hidden = muted.size === 0;
  const here = [...muted].reverse();
  const item = list.querySelector('template');
  list.querySelector('ul').replaceChildren(
    ...here.map((name) => {
      const entry = copyOf(item);
      const button = entry.querySelector('button');
      entry.querySelector('bdi').textContent = name;
      button.setAttribute('aria-label', filled(button.dataset.label, name));
      button.addEventListener('click', () => {
        change(name, false);
        const heading = document.getElementById('conversation-heading');
        heading.tabIndex = -1;
        (list.hidden ? heading : list.querySelector('summary')).focus();
      });
      return entry;
    }),
  );
}

function show({ article, name }) {
  const note = article.querySelector(':scope > .muted-note');
  if (muted.has(name) === Boolean(note)) return;
  article.classList.toggle('muted', muted.has(name));
  if (note) return note.remove();
  const added = copyOf(noteTemplate);
  const toggle = added.querySelector('button');
  const sentence = added.querySelector('span');
  sentence.textContent = filled(sentence.textContent, name);
  toggle.addEventListener('click', () => {
    const hidden = article.classList.toggle('muted');
    toggle.textContent = hidden ? toggle.dataset.show : toggle.dataset.hide;
    toggle.setAttribute('aria-expanded', String(!hidden));
  });
  article.prepend(added);
}

function addButton({ article, name }) {
  const button = copyOf(buttonTemplate);
  button.setAttribute('aria-label', filled(button.dataset.label, name));
  button.addEventListener('click', () => {
    const before = article.getBoundingClientRect().top;
    change(name, true);
    article.querySelector('.muted-note button').focus({ preventScroll: true });
    // What was above may have become shorter: the reader stays where they are.
    scrollBy(0, article.getBoundingClientRect().top - before);
  });
  let actions = article.querySelector(':scope > .comment-actions');
  if (!actions) {
    actions = document.createElement('p');
    actions.className = 'comment-actions';
    article.append(actions);
  }
  actions.append(' ', button);
}

if (list) {
  for (const comment of comments) addButton(comment);
  showAll();
}
