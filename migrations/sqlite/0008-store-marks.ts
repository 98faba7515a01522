import { Migration } from '@mikro-orm/migrations';

/**
 * For operators: which ends of the log were given up, and what is unfinished or wrong with the whole store.
 */
export class StoreMarks extends Migration {
  override up(): void {
    for (const sql of OPERATORS) this.addSql(sql);
  }
}

const OPERATORS = [
  `create table given_up_ends (
    position integer not null,
    hash text not null,
    given_up_at integer not null,
    primary key (position, hash)
  ) without rowid`,
  `create table store_marks (
    name text not null primary key,
    value text not null,
    marked_at integer not null
  ) without rowid`,
  // From now on a restore or a reset records what it gives up; before, only times tell.
  `insert into store_marks values ('records-given-up-ends', '', unixepoch() * 1000)`,
];
