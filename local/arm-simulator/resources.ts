/** A resource as ARM shows it; `id` in its canonical casing. */
export interface ArmResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  location?: string;
  tags?: Record<string, string>;
  kind?: string;
  sku?: Record<string, unknown>;
  identity?: Record<string, unknown>;
  managedBy?: string;
  properties: Record<string, unknown>;
}

/** Every resource outside the two backup services' own children, found by id without case. */
export interface ResourceStore {
  get(id: string): ArmResource | undefined;
  put(resource: ArmResource): void;
  delete(id: string): boolean;
  /** Of one type (without case), in order of creation; children only with their full type. */
  list(type?: string): ArmResource[];
  /** Makes a subscription or group known that has no resource yet. */
  addScope(subscription: string, group?: string): void;
  /** Whether a subscription, or a group in it, was ever known. */
  hasScope(subscription: string, group?: string): boolean;
}

const scopeKey = (subscription: string, group = ''): string => `${subscription}/${group}`.toLowerCase();

/** An empty store. */
export function createResourceStore(): ResourceStore {
  const byId = new Map<string, ArmResource>();
  const scopes = new Set<string>();
  const addScope = (subscription: string, group?: string) =>
    void scopes.add(scopeKey(subscription)).add(scopeKey(subscription, group));
  return {
    addScope,
    hasScope: (subscription, group) => scopes.has(scopeKey(subscription, group)),
    get: (id) => byId.get(id.toLowerCase()),
    put(resource) {
      const { subscription, group } = parseResourceId(resource.id);
      addScope(subscription, group);
      byId.set(resource.id.toLowerCase(), resource);
    },
    delete: (id) => byId.delete(id.toLowerCase()),
    list: (type) =>
      [...byId.values()].filter((r) => type === undefined || r.type.toLowerCase() === type.toLowerCase()),
  };
}

/** The parts of an ARM resource id; `type` includes the provider namespace, `group` is empty above groups. */
interface ResourceIdParts {
  readonly subscription: string;
  readonly group: string;
  readonly type: string;
  readonly name: string;
}

/** Reads an ARM id; missing parts are empty strings. Never throws. */
export function parseResourceId(id: string): ResourceIdParts {
  const segments = id.split('/').slice(1);
  const after = (word: string) => segments[segments.findIndex((s) => s.toLowerCase() === word) + 1] ?? '';
  const provider = segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');
  const tail = provider < 0 ? [] : segments.slice(provider + 1);
  const types = tail.filter((_segment, index) => index === 0 || index % 2 === 1);
  const has = (word: string) => segments.some((segment) => segment.toLowerCase() === word);
  return {
    subscription: has('subscriptions') ? after('subscriptions') : '',
    group: has('resourcegroups') ? after('resourcegroups') : '',
    type: types.join('/'),
    name: segments.at(-1) ?? '',
  };
}
