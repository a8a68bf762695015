import { listReply } from '../../paging.ts';
import { gatewayError, json } from '../../replies.ts';
import type { Call, Route } from '../../core.ts';
import type { RoleDefinition } from './role-definition.ts';
import type { RoleBook } from './role-book.ts';

const type = 'Microsoft.Authorization/roleDefinitions';

/** Role definitions: list (by name with `$filter=roleName eq '…'`) and get. */
export function definitionRoutes(book: RoleBook): Route[] {
  const path = '/{scope*}/providers/Microsoft.Authorization/roleDefinitions';
  return [
    {
      name: 'authorization.listDefinitions',
      method: 'GET',
      path,
      action: `${type}/read`,
      handle: (call) => {
        const name = /roleName eq '([^']+)'/i.exec(call.url.searchParams.get('$filter') ?? '')?.[1];
        const rows = name === undefined ? book.all() : [book.find(name)].filter((role) => role !== undefined);
        return listReply(
          call,
          rows.map((role) => show(call, role)),
        );
      },
    },
    {
      name: 'authorization.getDefinition',
      method: 'GET',
      path: `${path}/{role}`,
      action: `${type}/read`,
      handle: (call) => {
        const role = book.find(call.params['role'] ?? '');
        return role === undefined
          ? gatewayError(
              404,
              'RoleDefinitionDoesNotExist',
              `The specified role definition with ID '${call.params['role']}' does not exist.`,
            )
          : json(200, show(call, role));
      },
    },
  ];
}

const show = (call: Call, { name, guid, actions, notActions }: RoleDefinition) => ({
  properties: {
    roleName: name,
    type: 'BuiltInRole',
    description: name,
    assignableScopes: ['/'],
    permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
  },
  id: `/${call.params['scope']}/providers/${type}/${guid}`,
  type,
  name: guid,
});
