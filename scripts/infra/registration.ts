// The registration of the API as Bicep. Its types lie in a registry of container images, so it is compiled against shapes
// written down here from Graph's documentation: a property or type that Graph does not document is a fault.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './compiler.ts';

type Shape =
  | 'text'
  | 'flag'
  | 'number'
  | 'given'
  | 'readOnly'
  | 'key'
  | readonly Shape[]
  | { readonly [name: string]: Shape };

const texts: Shape = ['text'];
const named = { id: 'text', value: 'text', isEnabled: 'flag' } as const;

/** Source: the resource types application and servicePrincipal of Microsoft Graph 1.0. */
const shapes: Readonly<Record<string, { readonly [name: string]: Shape }>> = {
  'Microsoft.Graph/applications@v1.0': {
    uniqueName: 'key',
    displayName: 'given',
    signInAudience: 'text',
    appId: 'readOnly',
    appRoles: [{ ...named, displayName: 'text', description: 'text', allowedMemberTypes: texts }],
    api: {
      requestedAccessTokenVersion: 'number',
      oauth2PermissionScopes: [
        { ...named, type: 'text', adminConsentDisplayName: 'text', adminConsentDescription: 'text' },
      ],
      preAuthorizedApplications: [{ appId: 'text', delegatedPermissionIds: texts }],
    },
    spa: { redirectUris: texts },
  },
  'Microsoft.Graph/servicePrincipals@v1.0': { appId: 'key', appRoleAssignmentRequired: 'flag' },
};

/** Bits of a property as the compiler numbers them: required 1, read-only 2, identifier 16. */
const flagsOf = (shape: Shape): number =>
  shape === 'given' ? 1 : shape === 'readOnly' ? 2 : shape === 'key' ? 17 : 0;

/** The shapes as the compiler's list of types, each referring to others by its place in the list. */
class TypeList {
  readonly types: unknown[] = [];

  add(type: unknown): { readonly $ref: string } {
    this.types.push(type);
    return { $ref: `#/${this.types.length - 1}` };
  }

  of(shape: Shape): { readonly $ref: string } {
    if (typeof shape === 'string')
      return this.add({
        $type: shape === 'flag' ? 'BooleanType' : shape === 'number' ? 'IntegerType' : 'StringType',
      });
    if (Array.isArray(shape))
      return this.add({ $type: 'ArrayType', itemType: this.of((shape as readonly Shape[])[0] ?? 'text') });
    const properties = Object.fromEntries(
      Object.entries(shape as { readonly [name: string]: Shape }).map(([name, member]) => [
        name,
        { type: this.of(member), flags: flagsOf(member) },
      ]),
    );
    return this.add({ $type: 'ObjectType', name: 'shape', properties });
  }
}

function writeTypes(folder: string): void {
  const list = new TypeList();
  const resources = Object.entries(shapes).map(([name, shape]) => {
    const resource = { $type: 'ResourceType', name, scopeType: 0, body: list.of(shape), flags: 0 };
    return [name, { $ref: `types.json${list.add(resource).$ref}` }];
  });
  const settings = { name: 'MicrosoftGraph', version: '1.0.0', isSingleton: true };
  const index = { resources: Object.fromEntries(resources) as unknown, resourceFunctions: {}, settings };
  writeFileSync(path.join(folder, 'types.json'), JSON.stringify(list.types));
  writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index));
}

/** What the registration would make: the application and its principal. */
export interface Registration {
  readonly api: unknown;
  readonly principal: unknown;
}

/** Compiles `infra/entra/api.bicep`. @throws Error with the compiler's words, for a warning too. */
export function compileRegistration(bicep: string): Registration {
  const parent = path.join(root, '.local');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'entra-'));
  try {
    writeTypes(folder);
    cpSync(path.join(root, 'infra', 'entra'), path.join(folder, 'entra'), { recursive: true });
    const extensions = { microsoftGraphV1: '../graph.tgz' };
    writeFileSync(path.join(folder, 'entra', 'bicepconfig.json'), JSON.stringify({ extensions }));
    const target = path.join(folder, 'graph.tgz');
    run(bicep, ['publish-extension', path.join(folder, 'index.json'), '--target', target, '--force']);
    const built = path.join(folder, 'api.json');
    const { code, out, errors } = run(bicep, [
      'build',
      path.join(folder, 'entra', 'api.bicep'),
      '--outfile',
      built,
    ]);
    if (code !== 0 || errors.trim() !== '') throw new Error(`infra/entra/api.bicep\n${out}${errors}`);
    const { resources } = JSON.parse(readFileSync(built, 'utf8')) as {
      resources: Readonly<Record<'api' | 'principal', { readonly properties: unknown }>>;
    };
    return { api: resources.api.properties, principal: resources.principal.properties };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
