import { Migration } from '@mikro-orm/migrations';

/** What another program knew of emotions, as sums; no event before this release fills it. */
export class ImportedEmotions extends Migration {
  override up(): void {
    for (const sql of IMPORTED_EMOTIONS) this.addSql(sql);
  }
}

const IMPORTED_EMOTIONS = [
  `create table imported_emotions (
    user_id text collate "C" not null,
    emotion text collate "C" not null,
    frequency bigint not null,
    mean_intensity double precision not null,
    triggers text not null,
    hours text not null,
    trend text not null,
    last_at bigint not null,
    primary key (user_id, emotion)
  )`,
];
