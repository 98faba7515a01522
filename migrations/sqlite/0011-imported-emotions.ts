import { Migration } from '@mikro-orm/migrations';

/** What another program knew of emotions, as sums; no event before this release fills it. */
export class ImportedEmotions extends Migration {
  override up(): void {
    for (const sql of IMPORTED_EMOTIONS) this.addSql(sql);
  }
}

const IMPORTED_EMOTIONS = [
  `create table imported_emotions (
    user_id text not null,
    emotion text not null,
    frequency integer not null,
    mean_intensity real not null,
    triggers text not null,
    hours text not null,
    trend text not null,
    last_at integer not null,
    primary key (user_id, emotion)
  ) without rowid`,
];
