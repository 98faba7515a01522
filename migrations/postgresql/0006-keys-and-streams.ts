import { Migration } from '@mikro-orm/migrations';

/**
 * Stream ids name the user, and idempotency keys belong to the user. The events keep their hashes: the chain
 * covers a stream id in its first spelling.
 */
export class KeysAndStreams extends Migration {
  override up(): void {
    for (const sql of [...STREAMS, ...RECEIPTS]) this.addSql(sql);
  }
}

const STREAMS = [
  `update streams set stream_id = 'memory:' || user_id || '/' || substr(stream_id, 8)
   where substr(stream_id, 1, 7) = 'memory:' and strpos(stream_id, '/') = 0`,
  `update streams set stream_id = 'conversation:' || user_id || '/' || substr(stream_id, length(user_id) + 15)
   where substr(stream_id, 1, length(user_id) + 14) = 'conversation:' || user_id || ':'
     and strpos(stream_id, '/') = 0`,
];

const RECEIPTS = [
  'alter table receipts add column batch_index bigint not null default -1, add column key_hash bigint',
  'alter table receipts alter column batch_index drop default',
  // As `keyHash` computes it: the first six bytes of the SHA-256, signed.
  `update receipts set key_hash = h.value - case when h.value >= 1::bigint << 47 then 1::bigint << 48 else 0 end
   from (
     select idempotency_key, ('x' || encode(substr(sha256(
       convert_to(user_id || '/-1/' || idempotency_key, 'UTF8')), 1, 6), 'hex'))::bit(48)::bigint as value
     from receipts
   ) h
   where h.idempotency_key = receipts.idempotency_key`,
  `alter table receipts
     alter column key_hash set not null,
     drop constraint receipts_pkey,
     add primary key (user_id, key_hash, idempotency_key, batch_index)`,
  'drop index receipts_position',
  'create index receipts_position on receipts (position, key_hash)',
];
