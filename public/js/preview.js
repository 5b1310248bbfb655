// Shows the server's own rendering of a reply under its form. What the server does not render, it explains on a page.
const form = document.querySelector('form.reply-form');
const button = form?.querySelector('button[formaction]');
const place = form?.querySelector('.preview-place');
const failed = form?.querySelector('.preview-failed');

async function fetchPreview() {
  const answer = await fetch(button.formAction, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.querySelector('.preview');
}

async function show() {
  const text = form.elements.body.value;
  let preview;
  failed.textContent = '';
  button.setAttribute('aria-busy', 'true');
  try {
    preview = await fetchPreview();
  } catch {
    failed.textContent = failed.dataset.words;
    return;
  } finally {
    button.removeAttribute('aria-busy');
  }
  if (!preview) return form.requestSubmit(button);
  // Typed on in the meantime: this is not what would be posted any more.
  if (text !== form.elements.body.value) return;
  place.replaceChildren(document.adoptNode(preview));
  // Here it is a part of a page that has a heading already.
  const heading = Object.assign(document.createElement('h2'), { id: 'preview-heading', tabIndex: -1 });
  const title = preview.querySelector('h1');
  heading.textContent = title.textContent;
  title.replaceWith(heading);
  heading.focus();
}

button?.addEventListener('click', (event) => {
  event.preventDefault();
  show();
});
form?.elements.body.addEventListener('input', () => place.replaceChildren());
