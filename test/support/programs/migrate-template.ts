import { openForWriting } from '../../../src/database/sqlite/open-sqlite.js';
import { migrate } from '../../../src/store/migrate.js';

// Usage: migrate-template <database file, or URL of a PostgreSQL database>. Migrates what the tests copy.
const [database = ''] = process.argv.slice(2);
if (database.startsWith('postgresql:')) await migrate({ url: database });
else {
  await migrate({ file: database });
  // So that the copies are in WAL mode from the start.
  openForWriting(database).close();
}
