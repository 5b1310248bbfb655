// Says how long a reply took to write: seconds from the first key to sending. Where no script runs, nobody asks.
const form = document.querySelector('.reply-form');
const field = form?.elements.namedItem('seconds');

if (form && field) {
  let begun;
  form.addEventListener('input', () => {
    begun ??= performance.now();
  });
  form.addEventListener('submit', () => {
    if (begun !== undefined) field.value = String(Math.floor((performance.now() - begun) / 1000));
  });
}
