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

/** About the data folder and the writer's thread, which the service has on SQLite only. */
const ON_SQLITE_ONLY = [
  '/test/e2e/data-folder.spec.ts',
  '/test/e2e/restore-file.spec.ts',
  '/test/e2e/writer-thread.spec.ts',
];

/** A real PostgreSQL server beside the tests. */
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
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    {
      ...base,
      ...postgresql,
      displayName: 'e2e-postgresql',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts', '<rootDir>/test/postgresql/**/*.spec.ts'],
      testPathIgnorePatterns: ON_SQLITE_ONLY,
      // Tells the tests' stores where to keep their data.
      globals: { DATABASE: 'postgresql' },
    },
  ],
};
