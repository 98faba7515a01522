import { Migration } from '@mikro-orm/migrations';

/** What messages taught about users; the projection has a new version, so the rebuild at the start fills it. */
export class LearnedPreferences extends Migration {
  override up(): void {
    for (const sql of LEARNED_PREFERENCES) this.addSql(sql);
  }
}

const LEARNED_PREFERENCES = [
  `create table learned_preferences (
    user_id text collate "C" not null,
    position bigint not null,
    rule text not null,
    field text null,
    before text null,
    after text null,
    value text null,
    turn_id text not null,
    occurred_at bigint not null,
    undone boolean not null,
    primary key (user_id, position)
  )`,
];
