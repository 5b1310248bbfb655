/** What a key of the queue can do, and the key that does it until a moderator chooses another one. */
export const usualKeys = {
  next: 'j',
  previous: 'k',
  approve: 'a',
  reject: 'r',
  spam: 's',
  mark: 'x',
  reply: 'e',
  undo: 'u',
  help: '?',
} as const;
