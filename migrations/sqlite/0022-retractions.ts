import { Migration } from '@mikro-orm/migrations';

/** What was taken back, and by which retraction: ids and positions, written with the events that say so. */
export class Retractions extends Migration {
  override up(): void {
    for (const sql of RETRACTIONS) this.addSql(sql);
  }
}

const RETRACTIONS = [
  `create table retractions (
    user_id text not null,
    position integer not null,
    retraction_id text not null,
    restored_at integer null,
    primary key (user_id, position)
  ) without rowid`,
  `create table retracted_events (
    user_id text not null,
    position integer not null,
    retraction integer not null,
    primary key (user_id, position, retraction)
  ) without rowid`,
  'create index retracted_events_position on retracted_events (position)',
];
