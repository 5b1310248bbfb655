// The page brings its words along, in all forms that its language has for numbers; which one fits is chosen here.

const { lang } = document.documentElement;

/** A counted sentence, out of the data attributes of an element: `kind` and a plural category name the form. */
export function counted(element, kind, number) {
  const category = new Intl.PluralRules(lang).select(number);
  const form = element.getAttribute(`data-${kind}-${category}`) ?? element.getAttribute(`data-${kind}-other`);
  return filled(form, number.toLocaleString(lang));
}

/** A sentence with its one place filled. */
export function filled(sentence, value) {
  return sentence.replace('#', () => value);
}

/** A copy of what is in a template of the page. */
export function copyOf(template) {
  return template.content.firstElementChild.cloneNode(true);
}
