// Gives each reply form a key of its own, so that a double click, a reload or a second try makes one comment.
// The page itself is the same for everyone and cannot hold one. Where no script runs, the server derives a key.

const answered = 'rejoinder: answered keys';

/** A random UUID, version 4. crypto.randomUUID is missing on plain http, where this has to work too. */
function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Whether a form with this key has had its answer: a page that was loaded after it was sent. */
function wasAnswered(key) {
  return (sessionStorage.getItem(answered) ?? '').split(' ').includes(key);
}

const key = document.querySelector('form.reply-form input[name="key"]');

if (key) {
  const sent = sessionStorage.getItem('rejoinder: sent key');
  // A form that comes back with an error keeps its key: nothing was stored under it.
  if (sent && key.value !== sent)
    sessionStorage.setItem(answered, `${sessionStorage.getItem(answered) ?? ''} ${sent}`.slice(-740));
  sessionStorage.removeItem('rejoinder: sent key');
  if (key.value === '') key.value = makeKey();
  key.form.addEventListener('submit', () => sessionStorage.setItem('rejoinder: sent key', key.value));
  // Back from the answer: the form is as it was, but what is written into it now is something new.
  addEventListener('pageshow', () => {
    if (wasAnswered(key.value)) key.value = makeKey();
  });
}
