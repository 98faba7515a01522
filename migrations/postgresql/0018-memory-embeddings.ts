import { Migration } from '@mikro-orm/migrations';

/** What memories mean, as models of the callers say it. No event of before says it, so there are no rows yet. */
export class MemoryEmbeddings extends Migration {
  override up(): void {
    for (const sql of MEMORY_EMBEDDINGS) this.addSql(sql);
  }
}

const MEMORY_EMBEDDINGS = [
  `create table memory_embeddings (
    user_id text collate "C" not null,
    memory_id text collate "C" not null,
    model text not null,
    dimensions bigint not null,
    vector text not null,
    position bigint not null,
    primary key (user_id, memory_id)
  )`,
  `create table embedding_models (
    user_id text collate "C" not null,
    model text collate "C" not null,
    dimensions bigint not null,
    memories bigint not null,
    primary key (user_id, model)
  )`,
];
