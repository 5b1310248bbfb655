/**
 * What a reader could take for the mark of a confirmed address: a check mark of any kind. The mark stands beside the name,
 * so that no name may hold one.
 */
const checkMarks = /[✓✔☑✅⍻√🗸🗹🮱𐄂]/u;

/** Whether a name has in it what the mark of a confirmed address is told by. */
export function imitatesMark(name: string): boolean {
  return checkMarks.test(name.normalize('NFKC'));
}
