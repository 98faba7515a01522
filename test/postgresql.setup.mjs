import { migrateTemplate } from './migrated-template.mjs';
import { startPostgresql } from './postgresql-server.mjs';
import takeScratch from './scratch.setup.mjs';

// One server for all test files of a run; each test creates its own databases in it.
export default async function setup() {
  takeScratch();
  const started = await startPostgresql();
  process.env.TEST_POSTGRESQL_URL = started.url;
  globalThis.startedPostgresql = started;
  const template = await started.createDatabase();
  process.env.TEST_POSTGRESQL_TEMPLATE = new URL(template).pathname.slice(1);
  migrateTemplate(template);
}
