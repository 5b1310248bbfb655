// Puts saved words into their field as soon as they are chosen, to be edited. What stands in the field is what counts.

const texts = document.getElementById('saved-texts');

document.addEventListener('change', ({ target: choice }) => {
  const field = choice.dataset.fills && document.getElementById(choice.dataset.fills);
  const words = texts.querySelector(`[data-words="${choice.value}"]`)?.textContent;
  if (!field || words === undefined) return;
  // What was chosen before goes; what was typed stays.
  const typed = field.value === field.dataset.chosen ? '' : field.value.trimEnd();
  field.value = typed === '' ? words : `${typed} ${words}`;
  field.dataset.chosen = field.value;
  choice.value = '';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
