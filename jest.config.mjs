import { availableParallelism } from 'node:os';

/** Most tests wait for processes and disks: two at once also where there are only two cores. */
const WORKERS = Math.max(2, Math.floor(availableParallelism() / 2));

/** @type {import('jest').Config} */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['<rootDir>/test/setup-sqlite-realm.cjs', 'reflect-metadata'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/bench/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        sourceMaps: 'inline',
      },
    ],
  },
};

/**
 * Where the database can make a difference that the contract suites, which run on every database, do not show: routes whose
 * answers come from SQL of their own. Everything else over HTTP is decided in front of the database, once for both. What
 * only PostgreSQL has (several processes, lost connections, schemas) and one pass of each operation over it is in
 * test/postgresql/.
 */
const ALSO_ON_POSTGRESQL = [
  'feed', // pages and filters of the log
  'reads', // profiles, sessions, windows of a conversation
  'memory-reads', // lists, full-text search
  'emotion-reads', // buckets and sums
  'store-operations', // sizes and counts, checkpoints that fell behind
].map((name) => `<rootDir>/test/e2e/${name}.spec.ts`);

/** A folder that goes with the run. */
const scratch = { globalSetup: '<rootDir>/test/scratch.setup.mjs' };

/** A real PostgreSQL server beside the tests, in such a folder. */
const postgresql = {
  globalSetup: '<rootDir>/test/postgresql.setup.mjs',
  globalTeardown: '<rootDir>/test/postgresql.teardown.mjs',
};

export default {
  maxWorkers: WORKERS,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/unit/**/*.spec.ts'],
    },
    { ...base, ...postgresql, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'] },
    { ...base, ...scratch, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    {
      ...base,
      ...postgresql,
      displayName: 'e2e-postgresql',
      testMatch: ['<rootDir>/test/postgresql/**/*.spec.ts', ...ALSO_ON_POSTGRESQL],
      // Tells the tests' stores where to keep their data.
      globals: { DATABASE: 'postgresql' },
    },
  ],
};
