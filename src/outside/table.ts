/** Keys by which services elsewhere know the owner. They are shown to nobody, and stay out of backups. */
export interface OutsideKeyTable {
  /** The address that the key is for, as `readServiceUrl` takes it. */
  url: string;
  key: string;
}
