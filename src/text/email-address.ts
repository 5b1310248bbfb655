const longest = 254;

/** The form in which addresses are stored and compared. */
export function normaliseEmail(text: string): string {
  return text.trim().toLowerCase().normalize('NFC');
}

/**
 * Whether a normalised text can be an e-mail address: one @, something usable before it, a domain with a dot after it,
 * nothing invisible, at most 254 characters. Whether mail arrives there is another question.
 */
export function isEmail(text: string): boolean {
  if (text.length > longest || /[\s\p{Cc}\p{Cf}\p{Cs}<>()[\]\\,;:"]/u.test(text)) return false;
  const [local = '', domain = '', ...more] = text.split('@');
  return more.length === 0 && local !== '' && local.length <= 64 && isDomain(domain);
}

function isDomain(text: string): boolean {
  const labels = text.split('.');
  return (
    labels.length > 1 &&
    labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u.test(label))
  );
}
