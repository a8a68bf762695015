import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const flowOnly = (name, message) => ({ name, message });

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.local/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly' } },
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'require-yield': 'off',
      'no-control-regex': 'off',
    },
  },
  {
    files: [
      'src/orchestrations/**',
      'src/recovery-services/**',
      'src/data-protection/**',
      'src/resources/**',
      'src/plan/**',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        flowOnly('fetch', 'A replayed flow and pure domain code do no I/O.'),
        flowOnly('setTimeout', 'Use a durable timer.'),
        flowOnly('setInterval', 'Use a durable timer.'),
        flowOnly('process', 'settings.ts is the only reader of the environment.'),
        flowOnly('performance', 'Not deterministic.'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Not deterministic.' },
        { object: 'Date', property: 'now', message: 'Pass the time in.' },
        { object: 'crypto', property: 'randomUUID', message: 'Not deterministic.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Pass the time in.' },
      ],
    },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'settings.ts is the only reader of the environment.' },
        {
          object: 'AbortSignal',
          property: 'timeout',
          message: 'Not under the virtual clock: use setTimeout and an AbortController.',
        },
        { object: 'performance', property: 'now', message: 'Not under the virtual clock.' },
        { object: 'Math', property: 'random', message: 'Pass randomness in.' },
      ],
    },
  },
  { files: ['src/settings.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/**'],
    ignores: ['src/durable/**', 'src/orchestrations/**', 'src/functions/**', 'src/main.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'durable-functions', message: 'src/durable owns the Durable client.' }] },
      ],
    },
  },
);
