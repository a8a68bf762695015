import type { Core } from '../../core.ts';
import { perCore } from '../per-core.ts';
import { authorizationSeedSchema, type AuthorizationSeed } from '../seed.ts';
import type { RoleDefinition } from './role-definition.ts';
import { createRoleBook, type RoleBook } from './role-book.ts';

/** A role that a principal has on a scope and everything below it. */
export interface RoleAssignment {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  /** Lower-case GUID. */
  readonly role: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly condition: string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Question whether a role works somewhere. */
interface RoleQuestion {
  readonly principalId: string;
  /** GUID. */
  readonly role: string;
  readonly scope: string;
  readonly now: number;
}

/** Role assignments of a world; they take effect some time after they were made. */
export interface RoleAssignments {
  settings: AuthorizationSeed;
  readonly book: RoleBook;
  get(id: string): RoleAssignment | undefined;
  put(assignment: RoleAssignment): void;
  delete(id: string): RoleAssignment | undefined;
  all(): RoleAssignment[];
  /** Whether principal has the role on the scope or above, for long enough. */
  isEffective(question: RoleQuestion): boolean;
  /** Definitions of the effective roles of a principal on a path. */
  rolesOn(question: Omit<RoleQuestion, 'role'>): RoleDefinition[];
}

/** The assignments of one world. */
export const roleAssignmentsOf: (core: Core) => RoleAssignments = perCore(createRoleAssignments);

function createRoleAssignments(core: Core): RoleAssignments {
  const byId = new Map<string, RoleAssignment>();
  const book = createRoleBook();
  const effective = ({ principalId, scope, now }: Omit<RoleQuestion, 'role'>) =>
    [...byId.values()].filter(
      (assignment) =>
        assignment.principalId.toLowerCase() === principalId.toLowerCase() &&
        isWithin(scope, assignment.scope) &&
        now >= assignment.createdAt + core.duration(store.settings.effectiveAfterSeconds),
    );
  const store: RoleAssignments = {
    settings: authorizationSeedSchema.parse({}),
    book,
    get: (id) => byId.get(id.toLowerCase()),
    put: (assignment) => void byId.set(assignment.id.toLowerCase(), assignment),
    delete(id) {
      const found = byId.get(id.toLowerCase());
      byId.delete(id.toLowerCase());
      return found;
    },
    all: () => [...byId.values()],
    isEffective: ({ role, ...question }) =>
      effective(question).some((assignment) => assignment.role === role.toLowerCase()),
    rolesOn: (question) => effective(question).flatMap(({ role }) => book.find(role) ?? []),
  };
  return store;
}

/** Whether an ARM id or path lies on or below a scope; without case, the tenant scope is `/`. */
export function isWithin(path: string, scope: string): boolean {
  const [inner, outer] = [path.toLowerCase(), scope.toLowerCase().replace(/\/$/, '')];
  return inner === outer || inner.startsWith(`${outer}/`);
}
