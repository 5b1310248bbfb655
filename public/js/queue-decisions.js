// Saves a decision without leaving the page: the next comment is there at once. What could not be saved comes back with the
// reason, as it was typed.

// What a browser goes on sending after its page was left, in bytes (Fetch standard, 4.6: 64 KiB in all).
const mostKeptAlive = 30_000;

const queue = document.querySelector('.queue');

/** Decisions that are on their way. */
const saving = new Set();

queue?.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('.decision')) return;
  const isLast = queue.querySelectorAll('.queue-item').length === 1;
  // The last one is sent as usual: the page that comes has the next ones.
  if (isLast && saving.size === 0) return;
  event.preventDefault();
  if (isLast) return void sendLast(form, event.submitter);
  const saved = save(form, event.submitter);
  saving.add(saved);
  void saved.finally(() => saving.delete(saved));
});

// What is still on its way would wait on the page that comes, as if nobody had decided on it.
async function sendLast(form, button) {
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  await Promise.all(saving);
  form.ariaBusy = null;
  form.requestSubmit(button);
}

async function save(form, button) {
  const item = form.closest('.queue-item');
  const next = item.nextElementSibling ?? item.previousElementSibling;
  const body = new URLSearchParams(new FormData(form, button));
  const place = document.createComment('');
  item.querySelector('.not-saved')?.remove();
  item.replaceWith(place);
  document.dispatchEvent(new CustomEvent('decided', { detail: { next } }));
  try {
    // Its buttons are named so, too: the property would be one of them.
    const answer = await fetch(form.getAttribute('action'), {
      method: 'POST',
      body,
      keepalive: `${body}`.length < mostKeptAlive,
    });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!answer.ok) return bringBack({ item, place, why: whyIn(page) });
    place.remove();
    showNews(page);
  } catch {
    bringBack({ item, place, why: '' });
  }
}

function bringBack({ item, place, why }) {
  place.replaceWith(item);
  const note = document.createElement('p');
  note.className = 'not-saved';
  note.role = 'alert';
  note.textContent = `${queue.dataset.notSaved} ${why}`;
  item.prepend(note);
  document.dispatchEvent(new CustomEvent('decided', { detail: { next: item } }));
}

function whyIn(page) {
  const sentences = [...page.querySelectorAll('main h1, main h1 ~ p, .overtaken p')];
  return sentences.map(({ textContent }) => textContent.trim()).join(' ');
}

// What the page would have said, had it been loaded: the news with its way back, and how many wait.
function showNews(page) {
  const [news, tabs] = [page.querySelector('.notice'), page.querySelector('.tabs')];
  const before = document.querySelector('.notice');
  if (news) {
    // It is told by a region that was there before: one that comes with its words may go unheard.
    const words = news.querySelector('[role="status"]');
    words.removeAttribute('role');
    document.querySelector('.queue-news').textContent = words.textContent;
    if (before) before.replaceWith(news);
    else document.getElementById('main').prepend(news);
  }
  if (tabs) document.querySelector('.tabs').replaceWith(tabs);
}
