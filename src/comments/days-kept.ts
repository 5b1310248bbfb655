/** For how many days things are kept of comments, and looked back for; of what was erased, as long as the limits look back: it counts as if it stood. */
export const daysKept = {
  networkHash: 30,
  networkHashOfErased: 1 / 24,
  submission: 30,
  /** Both are rules' memory: what came before that is no copy, and no campaign. */
  fingerprint: 30,
  place: 30,
};
