import { builtInRoles } from './built-in-roles.ts';
import type { RoleDefinition } from './role-definition.ts';

/** Role definitions by GUID or name, built-in ones and those a world adds. */
export interface RoleBook {
  add(role: RoleDefinition): void;
  all(): readonly RoleDefinition[];
  /** By GUID or name, without case. */
  find(nameOrGuid: string): RoleDefinition | undefined;
}

/** A book with the built-in roles. */
export function createRoleBook(): RoleBook {
  const roles: RoleDefinition[] = [...builtInRoles];
  return {
    add: (role) => void roles.push(role),
    all: () => roles,
    find(nameOrGuid) {
      const wanted = nameOrGuid.toLowerCase();
      return roles.find(({ guid, name }) => guid === wanted || name.toLowerCase() === wanted);
    },
  };
}

/** Whether one of the roles grants an action; `*` stands for any text, case does not matter. */
export const grants = (roles: readonly RoleDefinition[], action: string): boolean =>
  roles.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matches(pattern, action)) &&
      !notActions.some((pattern) => matches(pattern, action)),
  );

function matches(pattern: string, action: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.]/g, '\\.'));
  return new RegExp(`^${source.join('.*')}$`, 'i').test(action);
}
