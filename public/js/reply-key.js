// Gives each reply a key of its own, so that a double click, a reload or a second try makes one comment. The page itself
// is the same for everyone and cannot hold one. Where no script runs, the server derives a key.
import { keep, recall } from './browser-store.js';

const answered = 'answered keys';

/** A random UUID, version 4. crypto.randomUUID is missing on plain http, where this has to work too. */
export function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The names under which texts were kept that the server has taken since this was asked last. It tells them in a cookie, along
 * with the answer, by the key of a reply and the comment of an edit: nothing else tells a text that was taken from one whose
 * answer was lost.
 */
export function takenNames() {
  const [, name, value = ''] = /(?:^|; )((?:__Host-)?taken)=([\w.-]+)/.exec(document.cookie) ?? [];
  if (!name) return [];
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http.
  document.cookie = `${name}=; Path=/; Max-Age=0${secure}`;
  return value.split('.').map((taken) => {
    const edited = /^edit-(\d+)$/.exec(taken)?.[1];
    if (edited) return `edit ${edited}`;
    noteAnswered(taken);
    return `draft ${taken}`;
  });
}

/** Remembers that something was stored under a key: what is written from now on needs another. */
export function noteAnswered(key) {
  keep(answered, [...recall(answered, []), key].slice(-20));
}

export function wasAnswered(key) {
  return recall(answered, []).includes(key);
}
