import { Migration } from '@mikro-orm/migrations';

/**
 * A time zone in the profile, and a row per observed emotion instead of counts by quarter of an hour. Both
 * projections have new versions, so they are rebuilt at the start.
 */
export class LocalTime extends Migration {
  override up(): void {
    for (const sql of LOCAL_TIME) this.addSql(sql);
  }
}

const LOCAL_TIME = [
  'alter table profiles add column time_zone text null',
  'drop table emotion_days',
  `create table emotion_observations (
    user_id text not null,
    occurred_at integer not null,
    position integer not null,
    utc_offset integer not null,
    emotion text not null,
    intensity real not null,
    primary key (user_id, occurred_at, position)
  ) without rowid`,
];
