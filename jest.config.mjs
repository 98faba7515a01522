import { availableParallelism } from 'node:os';
import { chromiumPath } from './test/chromium.mjs';
import { pythonPath } from './test/python.mjs';

/** At least two, even on two cores: most tests wait for processes and disks. */
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
 * The e2e suites that also run on PostgreSQL: those of routes with SQL of their own, where the database can
 * make a difference that the contract suites, which run on every database, do not show. All other HTTP
 * behaviour is decided before the database is involved. test/postgresql/ covers what only PostgreSQL has
 * (several processes, lost connections, schemas), and runs each operation once.
 */
const ALSO_ON_POSTGRESQL = [
  'feed', // pages and filters of the log
  'reads', // profiles, sessions, conversation windows
  'memory-reads', // lists, full-text search
  'languages', // stems of each language, looked up as terms
  'emotion-reads', // buckets and sums
  'edgesoul-compat', // the original's routes over all of these
  'context', // lists, and the past
  'as-of', // positions, and one user's events
  'tenants', // a schema each
  'retention', // erasing in steps, by conditions that each database has its own statements for
  'store-operations', // sizes, counts, checkpoints that lag
].map((name) => `<rootDir>/test/e2e/${name}.spec.ts`);

/** A scratch folder, removed when the run ends. */
const scratch = { globalSetup: '<rootDir>/test/scratch.setup.mjs' };

/** A real PostgreSQL server for the tests, in such a folder. */
const postgresql = {
  globalSetup: '<rootDir>/test/postgresql.setup.mjs',
  globalTeardown: '<rootDir>/test/postgresql.teardown.mjs',
};

/**
 * The tests of the page need a browser, which npm does not install. Without one they are left out, but not
 * where nobody would read that: with CI set they fail.
 */
const withBrowser =
  chromiumPath() !== undefined || Boolean(process.env.CI) || process.argv.includes('browser');
if (!withBrowser)
  console.error('The tests of the page are left out: no Chromium is installed, and CHROMIUM names none.');

/**
 * One test runs the example in Python, which no promise of this project needs: without one it is left out,
 * always.
 */
if (pythonPath() === undefined)
  console.error('The test of the example in Python is left out: there is no python3, and PYTHON names none.');

const browser = {
  ...base,
  ...scratch,
  displayName: 'browser',
  testMatch: ['<rootDir>/test/browser/**/*.spec.ts'],
};

export default {
  maxWorkers: WORKERS,
  // Only what hangs is to reach it: a machine under load must not fail a test.
  testTimeout: 180_000 * Number(process.env.PROPERTY_RUNS ?? 1),
  // A worker that has run many suites has half a gigabyte to give back when it ends, which takes longer than the
  // half second after which Jest kills it and speaks of a leak. One that really has something open is still killed.
  workerGracefulExitTimeout: 10_000,
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
      // Has the tests' stores keep their data in PostgreSQL.
      globals: { DATABASE: 'postgresql' },
    },
    ...(withBrowser ? [browser] : []),
  ],
};
