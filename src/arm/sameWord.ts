/** Whether two words are one, case aside: the service spells states, types and roles in several ways. */
export const sameWord = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
