import { Migration } from '@mikro-orm/migrations';

/** What reports count of each event, in blocks; the table is filled by the rebuild at the start. */
export class UserActivity extends Migration {
  override up(): void {
    for (const sql of USER_ACTIVITY) this.addSql(sql);
  }
}

const USER_ACTIVITY = [
  `create table user_activity (
    user_id text not null,
    block integer not null,
    full_blocks integer not null,
    count integer not null,
    position integer not null,
    recorded_at integer not null,
    utc_offset integer not null,
    texts text not null,
    facts text not null,
    primary key (user_id, block)
  ) without rowid`,
];
