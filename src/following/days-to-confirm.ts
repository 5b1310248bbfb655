/** For how many days a subscription waits to be confirmed; then the address is forgotten. */
export const daysToConfirm = 7;
