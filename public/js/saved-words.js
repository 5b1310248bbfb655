// Puts saved words into their field as soon as they are chosen, to be edited. What stands in the field is what counts. The
// focus stays in the list: by keys one goes through it choice by choice (WCAG 2.2, 3.2.2).

const texts = document.getElementById('saved-texts');

document.addEventListener('change', ({ target: choice }) => {
  const field = choice.dataset.fills && document.getElementById(choice.dataset.fills);
  if (!field) return;
  const words = texts.querySelector(`[data-words="${choice.value}"]`)?.textContent ?? '';
  // What was chosen before goes; what was typed stays.
  if (field.value !== field.dataset.filled) field.dataset.typed = field.value.trimEnd();
  field.value = [field.dataset.typed, words].filter((part) => part !== '').join(' ');
  field.dataset.filled = field.value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
});

// Edited, it is nobody's choice any more: emptied, it is to stay empty.
document.addEventListener('input', ({ target: field }) => {
  if (field.dataset.filled === undefined || field.value === field.dataset.filled) return;
  document.querySelector(`[data-fills="${field.id}"]`).value = '';
});
