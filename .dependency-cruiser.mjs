// Which folder may import which: the living truth about the layout. A folder of src without a row fails.

const stepTypes = ['src/steps/step.ts'];
const runTypes = ['src/runs/run.ts', 'src/runs/request.ts'];
const armIds = [
  'src/arm/resourceId.ts',
  'src/arm/resourceKinds.ts',
  'src/arm/call.ts',
  'src/arm/backupJob.ts',
  'src/arm/words.ts',
];
const domains = ['src/recovery-services/', 'src/data-protection/', 'src/resources/'];
/** What of the ARM client is pure: everything but what sends. */
const pure = ['src/arm/(?!client|transport)'];

/** Folder → what of src it may import besides itself. */
const mayImport = {
  libraries: [],
  storage: ['src/libraries/'],
  arm: ['src/libraries/'],
  pacer: ['src/arm/', 'src/storage/'],
  'recovery-services': [...pure, ...stepTypes],
  'data-protection': [...pure, ...stepTypes],
  resources: [...pure, ...stepTypes],
  durable: ['src/runs/', 'src/arm/call.ts'],
  steps: ['src/arm/', 'src/pacer/', 'src/storage/'],
  jobs: ['src/arm/', 'src/storage/', 'src/steps/', ...domains],
  orchestrations: [...pure, ...stepTypes, ...runTypes, ...domains, 'src/plan/'],
  plan: [...armIds, 'src/storage/'],
  runs: [...armIds, 'src/plan/drillParts.ts', 'src/storage/', ...stepTypes],
  drills: [...armIds, 'src/runs/', 'src/storage/', ...stepTypes],
  notifications: [...armIds, 'src/arm/replyFields.ts', ...runTypes, 'src/plan/', 'src/storage/'],
  access: [...armIds, 'src/libraries/'],
  batches: [...armIds, 'src/runs/', 'src/plan/', 'src/estate/', 'src/storage/'],
  estate: ['src/arm/', 'src/pacer/', 'src/plan/', 'src/resources/', 'src/storage/'],
  coverage: [
    'src/arm/',
    'src/pacer/',
    'src/plan/',
    'src/estate/',
    'src/storage/',
    'src/notifications/',
    ...domains,
  ],
  triggers: [...armIds, 'src/runs/', 'src/plan/', 'src/storage/'],
  http: ['src/'],
  composition: ['src/(?!functions|http|watchdog)'],
  watchdog: ['src/(?!functions|http)'],
  functions: ['src/'],
};

/** Folder → of what else it may know the types: what crosses a durable boundary has its type where it is made. */
const mayKnow = {
  orchestrations: ['src/runs/', 'src/jobs/', 'src/drills/'],
  steps: ['src/notifications/alert.ts'],
};

const escaped = (path) => path.replaceAll('.', '\\.');
const folders = Object.keys(mayImport);

const ownRules = folders.flatMap((folder) => {
  const rule = (name, allowed, dependencyTypes) => ({
    name: `${folder}-${name}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: {
      path: '^src/',
      pathNot: [`^src/${folder}/`, ...allowed.map((path) => `^${escaped(path)}`)],
      ...dependencyTypes,
    },
  });
  return [
    rule('imports', mayImport[folder], { dependencyTypesNot: ['type-only'] }),
    rule('types', [...mayImport[folder], ...(mayKnow[folder] ?? [])], { dependencyTypes: ['type-only'] }),
  ];
});

export default {
  forbidden: [
    ...ownRules,
    {
      name: 'folder-without-a-rule',
      comment: 'A new folder of src is a decision: give it a row in mayImport.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: folders.map((folder) => `^src/${folder}/`) },
      to: {},
    },
    {
      name: 'functions-not-each-other',
      comment: 'A trigger registers and hands over; what two of them share lies in a folder below.',
      severity: 'error',
      from: { path: '^src/functions/' },
      to: { path: '^src/functions/[^/]+\\.ts$' },
    },
    {
      name: 'flows-without-node',
      comment: 'A flow is replayed: no I/O, no clock, no randomness.',
      severity: 'error',
      from: { path: '^src/(orchestrations|recovery-services|data-protection|resources)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(local|test|bench|scripts|ui)/' },
    },
    {
      name: 'page-stands-alone',
      comment: 'The page knows the API by its types alone, which are generated from the description.',
      severity: 'error',
      from: { path: '^ui/' },
      to: { pathNot: '^(ui/|node_modules/(preact|@azure/msal-browser)/)' },
    },
    {
      name: 'embedded-parts-know-nothing-of-src',
      comment: 'What shares code shares its mistakes.',
      severity: 'error',
      from: { path: '^local/(functions-host|arm-simulator)/' },
      to: { path: '^src/' },
    },
    {
      name: 'embedded-parts-not-each-other',
      severity: 'error',
      from: { path: '^local/(functions-host|arm-simulator)/' },
      to: { path: '^local/', pathNot: '^local/$1/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(src|local)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.local)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
