import { Migration } from '@mikro-orm/migrations';

/** Changes only the row layout in SQLite; in PostgreSQL the tables had this shape from the start. */
export class WindowRows extends Migration {
  override up(): void {
    // Nothing to do.
  }
}
