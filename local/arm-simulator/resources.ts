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
  /** Makes a subscription known that has no resource yet. */
  addSubscription(subscription: string): void;
  /** Whether a subscription is known, or a group in it. */
  hasScope(subscription: string, group?: string): boolean;
  /** Puts a group, known by name without case; a first resource makes its group by itself. */
  putGroup(group: ResourceGroup): void;
  getGroup(subscription: string, name: string): ResourceGroup | undefined;
  /** Removes a group and everything in it. */
  deleteGroup(subscription: string, name: string): void;
  /** Groups of a subscription, or of all, in order of creation. */
  groups(subscription?: string): ResourceGroup[];
}

/** A resource group; `location` and `tags` of an implied one are those of its first resource and none. */
export interface ResourceGroup {
  readonly subscription: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Record<string, string>;
}

const scopeKey = (subscription: string, group: string): string => `${subscription}/${group}`.toLowerCase();

/** An empty store. */
export function createResourceStore(): ResourceStore {
  const byId = new Map<string, ArmResource>();
  const subscriptions = new Set<string>();
  const groups = new Map<string, ResourceGroup>();
  const addSubscription = (id: string) => void subscriptions.add(id.toLowerCase());
  const putGroup = (group: ResourceGroup) => {
    addSubscription(group.subscription);
    groups.set(scopeKey(group.subscription, group.name), group);
  };
  return {
    addSubscription,
    hasScope: (subscription, group) =>
      group === undefined
        ? subscriptions.has(subscription.toLowerCase())
        : groups.has(scopeKey(subscription, group)),
    putGroup,
    getGroup: (subscription, name) => groups.get(scopeKey(subscription, name)),
    deleteGroup(subscription, name) {
      groups.delete(scopeKey(subscription, name));
      for (const [key, { id }] of byId) {
        const parts = parseResourceId(id);
        if (scopeKey(parts.subscription, parts.group) === scopeKey(subscription, name)) byId.delete(key);
      }
    },
    groups: (subscription) =>
      [...groups.values()].filter(
        (group) =>
          subscription === undefined || group.subscription.toLowerCase() === subscription.toLowerCase(),
      ),
    get: (id) => byId.get(id.toLowerCase()),
    put(resource) {
      const { subscription, group } = parseResourceId(resource.id);
      addSubscription(subscription);
      const known = group === '' || groups.has(scopeKey(subscription, group));
      if (!known)
        putGroup({ subscription, name: group, location: resource.location ?? 'westeurope', tags: {} });
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
