/** A role as the simulator checks it; actions may hold `*`. */
export interface RoleDefinition {
  readonly name: string;
  /** Lower case. */
  readonly guid: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}
