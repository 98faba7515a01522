import { Migration } from '@mikro-orm/migrations';

/** Where memories were put before the model. */
export class ContextUses extends Migration {
  override up(): void {
    for (const sql of CONTEXT_USES) this.addSql(sql);
  }
}

const CONTEXT_USES = [
  `create table context_uses (
    user_id text not null,
    receipt_hash text not null,
    turn_id text not null,
    receipt_id text not null,
    used_at integer not null,
    position integer not null,
    primary key (user_id, receipt_hash, turn_id)
  ) without rowid`,
  `create table memory_uses (
    user_id text not null,
    memory_id text not null,
    position integer not null,
    receipt_hash text not null,
    turn_id text not null,
    score real not null,
    primary key (user_id, memory_id, position)
  ) without rowid`,
];
