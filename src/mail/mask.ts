/** An address as staff may see it: whose mailbox it is stays unknown, where it lies does not. `m…@example.org`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address.slice(0, Math.max(at, 0));
  return `${first}…${address.slice(at)}`;
}

/** The same for every address within a text, such as the answer of a mail server. */
export function maskAddresses(text: string): string {
  return text.replace(/[^\s<>()[\]"',;:@]+@[^\s<>()[\]"',;:@]+/gu, maskAddress);
}
