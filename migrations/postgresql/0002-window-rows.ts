import { Migration } from '@mikro-orm/migrations';

/** Concerns only how SQLite lays out its rows; PostgreSQL has had the tables in this shape from the start. */
export class WindowRows extends Migration {
  override up(): void {
    // Nothing to change.
  }
}
