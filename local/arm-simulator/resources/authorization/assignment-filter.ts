/** What a `$filter` of role assignments asks for. */
interface AssignmentFilter {
  /** Only assignments at the scope and above. */
  readonly atScope: boolean;
  readonly principalId: string | undefined;
}

/** Reads `atScope()`, `principalId eq '…'` and `assignedTo('…')`, joined by `and`; anything else is ignored. */
export function readFilter(text: string): AssignmentFilter {
  const principal = /(?:principalId eq |assignedTo\()'([^']+)'/i.exec(text)?.[1];
  return { atScope: /atScope\(\)/i.test(text), principalId: principal };
}
