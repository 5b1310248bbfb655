// What this browser keeps for its reader. Storage may be full, or forbidden: then nothing is kept, and nothing breaks.

const ours = 'rejoinder: ';

/** What is kept under a name; `otherwise` where nothing is, or nothing that makes sense. */
export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(ours + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(ours + name, JSON.stringify(value));
  } catch {}
}

export function forget(name) {
  try {
    localStorage.removeItem(ours + name);
  } catch {}
}

/** The names that begin so, without that beginning. */
export function namesAfter(beginning) {
  try {
    const start = ours + beginning;
    const names = Object.keys(localStorage).filter((name) => name.startsWith(start));
    return names.map((name) => name.slice(start.length));
  } catch {
    return [];
  }
}
