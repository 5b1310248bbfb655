// Marks what is new in a conversation since this browser's last visit, and leads from one to the next. A visit lasts as
// long as pages of the conversation are opened within half an hour of each other.
import { keep, recall } from './browser-store.js';
import { copyOf, counted } from './words.js';

const pauseBetweenVisits = 30 * 60_000;
const recently = 30 * 86_400_000;
const most = { conversations: 60, comments: 400, pages: 20 };

const section = document.getElementById('conversation');
const bar = section?.querySelector('.new-comments');
const comments = [
  ...(section?.querySelectorAll('article.comment[data-comment]:not(.repeated, .placeholder)') ?? []),
].map((article) => ({ article, id: Number(article.dataset.comment), posted: Number(article.dataset.posted) }));

/** What is known of the visit before this one; undefined on the first. Notes that this page was seen. */
function takeNote(id) {
  const now = Date.now();
  const visits = recall('visits', {});
  const visit = visits[id] ?? { since: now, at: now, pages: [], ids: [] };
  if (now - visit.at > pauseBetweenVisits) Object.assign(visit, { since: visit.at, before: [visit.pages, visit.ids] });
  const seen = comments.filter(({ posted }) => posted > now - recently).map((comment) => comment.id);
  visit.at = now;
  visit.pages = [...new Set([...visit.pages, page()])].slice(-most.pages);
  visit.ids = [...new Set([...visit.ids, ...seen])].slice(-most.comments);
  delete visits[id];
  keep('visits', Object.fromEntries([...Object.entries(visits), [id, visit]].sort(byTime).slice(-most.conversations)));
  return visit;
}

function byTime([, one], [, other]) {
  return one.at - other.at;
}

function page() {
  return (location.pathname + location.search).slice(0, 200);
}

// What was held when the reader was here was posted before, and still is new on a page that has been seen.
function isNewSince({ since, before: [pages, ids] = [[], []] }) {
  const known = new Set(ids);
  const wasHere = pages.includes(page());
  return ({ id, posted }) => posted > since || (wasHere && posted > since - recently && !known.has(id));
}

function mark(found) {
  const template = bar.querySelector('template');
  for (const { article } of found) {
    article.classList.add('new');
    article.querySelector('.comment-header').append(copyOf(template));
  }
  bar.querySelector('p').textContent = counted(bar, 'count', found.length);
  bar.hidden = found.length === 0;
}

/** Leads the eye and the focus to a comment, and opens what it is folded into. */
function goTo(article) {
  for (let folded = article.closest('details'); folded; folded = folded.parentElement.closest('details'))
    folded.open = true;
  article.tabIndex = -1;
  article.focus();
}

function lead(found) {
  let at = -1;
  bar.addEventListener('click', ({ target }) => {
    if (target.dataset.close) bar.hidden = true;
    const step = Number(target.dataset.step);
    if (!step) return;
    at = (Math.max(at, step < 0 ? 0 : -1) + step + found.length) % found.length;
    goTo(found[at].article);
  });
}

/** What came while the reader looked at the page before, which led here. */
function arrived() {
  try {
    const [at, ...ids] = JSON.parse(sessionStorage.getItem('rejoinder: arrived'));
    sessionStorage.removeItem('rejoinder: arrived');
    const others = comments.filter(({ id }) => !ids.includes(id));
    return others.find(({ posted }) => posted > at) ?? others[0];
  } catch {}
}

if (bar) {
  const isNew = isNewSince(takeNote(section.dataset.conversation));
  const found = comments.filter((comment) => isNew(comment) && !comment.article.matches('.muted, [data-own]'));
  mark(found);
  lead(found);
  const first = arrived();
  if (first) goTo(first.article);
}
