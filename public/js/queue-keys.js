// One key for each thing that a moderator does. They never fire while somebody types, can be changed one by one, and
// switched off (WCAG 2.2, 2.1.4). The page lists them; what is chosen is kept in this browser.
import { keep, recall } from './browser-store.js';

const panel = document.querySelector('.queue-keys');
const fields = [...panel.querySelectorAll('input[data-does]')];
const toggle = panel.querySelector('input[type="checkbox"]');
const usual = Object.fromEntries(fields.map((field) => [field.dataset.does, field.defaultValue]));

let keys = { ...usual, ...recall('queue keys', {}) };
let current;

const does = {
  next: () => step(1),
  previous: () => step(-1),
  approve: () => decide('approve'),
  reject: () => decide('reject'),
  spam: () => decide('spam'),
  mark: () => here()?.querySelector('h2 input').click(),
  reply: () => openReply(),
  undo: () => document.querySelector('.notice form button')?.click(),
  help: () => {
    panel.open = true;
    panel.querySelector('summary').focus();
  },
};

function items() {
  return [...document.querySelectorAll('.queue-item')];
}

function here() {
  return current?.isConnected ? current : items()[0];
}

function step(by) {
  const all = items();
  const at = all.indexOf(current);
  select(at < 0 ? all[0] : (all[at + by] ?? current));
}

/** Goes to an item, the reading position along with it. */
function select(item) {
  current?.removeAttribute('data-current');
  current = item;
  if (!item) return;
  item.dataset.current = '';
  const heading = item.querySelector('h2');
  heading.tabIndex = -1;
  heading.focus();
}

function decide(action) {
  const item = here();
  current = item;
  item?.querySelector(`.decision button[value="${action}"]`)?.click();
}

function openReply() {
  const details = here()?.querySelector('.decision details');
  if (!details) return;
  details.open = true;
  (details.querySelector('textarea') ?? details.querySelector('input')).focus();
}

function isTyping(target) {
  return target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null;
}

document.addEventListener('keydown', (event) => {
  const { key, ctrlKey, metaKey, altKey, isComposing, repeat, target } = event;
  if (!toggle.checked || ctrlKey || metaKey || altKey || isComposing || repeat || isTyping(target)) return;
  const what = Object.keys(does).find((each) => keys[each] === key);
  if (!what) return;
  event.preventDefault();
  does[what]();
});

document.addEventListener('decided', ({ detail }) => select(detail.next));

function show() {
  for (const field of fields) field.value = keys[field.dataset.does] ?? '';
  for (const button of document.querySelectorAll('.queue-item .decision button[name="action"]')) {
    button.querySelector('kbd')?.remove();
    const key = toggle.checked && keys[button.value];
    if (key) {
      button.setAttribute('aria-keyshortcuts', key);
      const shown = document.createElement('kbd');
      shown.textContent = key;
      shown.ariaHidden = 'true';
      button.append(' ', shown);
    } else button.removeAttribute('aria-keyshortcuts');
  }
}

for (const field of fields) {
  field.addEventListener('change', () => {
    const key = [...field.value.trim()][0] ?? '';
    // A key does one thing: what had it before has none any more.
    const others = Object.fromEntries(Object.entries(keys).map(([what, has]) => [what, has === key ? '' : has]));
    keys = { ...others, [field.dataset.does]: key };
    keep('queue keys', keys);
    show();
  });
}

toggle.addEventListener('change', () => {
  keep('queue keys on', toggle.checked);
  show();
});

panel.querySelector('button').addEventListener('click', () => {
  keys = { ...usual };
  keep('queue keys', keys);
  show();
});

toggle.checked = recall('queue keys on', true);
panel.hidden = false;
show();
