import { Migration } from '@mikro-orm/migrations';

/** What reports count of each event, in blocks; the table is filled by the rebuild at the start. */
export class UserActivity extends Migration {
  override up(): void {
    for (const sql of USER_ACTIVITY) this.addSql(sql);
  }
}

const USER_ACTIVITY = [
  `create table user_activity (
    user_id text collate "C" not null,
    block bigint not null,
    full_blocks bigint not null,
    count bigint not null,
    position bigint not null,
    recorded_at bigint not null,
    utc_offset bigint not null,
    texts text not null,
    facts text not null,
    primary key (user_id, block)
  )`,
];
