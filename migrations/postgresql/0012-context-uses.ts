import { Migration } from '@mikro-orm/migrations';

/** Where memories were put before the model. */
export class ContextUses extends Migration {
  override up(): void {
    for (const sql of CONTEXT_USES) this.addSql(sql);
  }
}

const CONTEXT_USES = [
  `create table context_uses (
    user_id text collate "C" not null,
    receipt_hash text collate "C" not null,
    turn_id text collate "C" not null,
    receipt_id text not null,
    used_at bigint not null,
    position bigint not null,
    primary key (user_id, receipt_hash, turn_id)
  )`,
  `create table memory_uses (
    user_id text collate "C" not null,
    memory_id text collate "C" not null,
    position bigint not null,
    receipt_hash text not null,
    turn_id text not null,
    score double precision not null,
    primary key (user_id, memory_id, position)
  )`,
];
