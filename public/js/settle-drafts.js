// Lets go of what this browser keeps of texts that the server has, and of texts that lay here for too long.
import { forget, namesAfter, recall } from './browser-store.js';
import { takenNames } from './reply-key.js';

/** How long a text is kept, by the beginning of its name. That of an edit is somewhere already, but for its changes. */
const lifetimes = { 'draft ': 30 * 86_400_000, 'edit ': 86_400_000 };

export function settleDrafts() {
  for (const name of takenNames()) forget(name);
  for (const [beginning, lifetime] of Object.entries(lifetimes)) {
    for (const end of namesAfter(beginning)) {
      const name = beginning + end;
      if (!(recall(name)?.at > Date.now() - lifetime)) forget(name);
    }
  }
}

// Nothing of what was erased stays.
if (document.querySelector('[data-erased]')) for (const id of namesAfter('edit ')) forget(`edit ${id}`);
settleDrafts();
