import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';

const script = readFileSync(join(import.meta.dirname, '..', '..', 'public', 'js', 'reply-key.js'), 'utf8');
const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('The script of the reply form', () => {
  it('gives each form a key of its own', () => {
    const tab = openTab();
    const [one, other] = [tab.open(''), tab.open('')];
    expect(one.key()).toMatch(uuid);
    expect(other.key()).toMatch(uuid);
    expect(one.key()).not.toBe(other.key());
  });

  it('keeps the key for a double click, and after the form came back with a mistake', () => {
    const tab = openTab();
    const form = tab.open('');
    const key = form.key();
    form.submit();
    form.submit();
    expect(form.key()).toBe(key);
    expect(tab.open(key).key()).toBe(key);
  });

  it('keeps it for a second try after an answer that never came', () => {
    const form = openTab().open('');
    const key = form.key();
    form.submit();
    form.show();
    expect(form.key()).toBe(key);
  });

  it('makes a new one when the visitor comes back from the answer, since what is written now is something new', () => {
    const tab = openTab();
    const form = tab.open('');
    const key = form.key();
    form.submit();
    tab.open('');
    form.show();
    expect(form.key()).toMatch(uuid);
    expect(form.key()).not.toBe(key);
  });

  it('makes a new one also where the browser filled in the old one again', () => {
    const tab = openTab();
    const form = tab.open('');
    const key = form.key();
    form.submit();
    tab.open('');
    const again = tab.open(key);
    again.show();
    expect(again.key()).not.toBe(key);
  });

  it('remembers the last answered forms, not all of them', () => {
    const tab = openTab();
    for (let sent = 0; sent < 50; sent += 1) tab.open('').submit();
    tab.open('');
    expect(Math.max(...[...tab.stored.values()].map(({ length }) => length))).toBeLessThan(800);
  });

  it('leaves pages without a form alone', () => {
    expect(() => openTab().openWithoutForm()).not.toThrow();
  });
});

// As much of a browser's tab as the script asks for.
function openTab() {
  const stored = new Map<string, string>();
  const sessionStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  const run = (field: unknown, listeners: Map<string, () => void>) => {
    const document = { querySelector: () => field };
    const addEventListener = (name: string, listener: () => void) => void listeners.set(name, listener);
    runInContext(`{${script}}`, createContext({ document, sessionStorage, addEventListener, crypto: webcrypto }));
  };
  return {
    stored,
    open(value: string) {
      const listeners = new Map<string, () => void>();
      const onForm = new Map<string, () => void>();
      const form = { addEventListener: (name: string, listener: () => void) => void onForm.set(name, listener) };
      const field = { value, form };
      run(field, listeners);
      return {
        key: () => field.value,
        submit: () => onForm.get('submit')?.(),
        show: () => listeners.get('pageshow')?.(),
      };
    },
    openWithoutForm: () => run(null, new Map()),
  };
}
