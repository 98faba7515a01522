import { POSTGRESQL } from './postgresql-test-database.js';
import { SQLITE } from './sqlite-test-database.js';
import type { DatabaseUnderTest } from './test-database.js';

/** Every database that the service runs on; the contract suites run on each of them. */
export const DATABASES: readonly DatabaseUnderTest[] = [SQLITE, POSTGRESQL];
