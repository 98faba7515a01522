import { hash } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';

const RECEIPTS_PER_STATEMENT = 5_000;

interface Keyed {
  id: number;
  user_id: string;
  idempotency_key: string;
}

/**
 * Stream ids name the user, and idempotency keys belong to the user. The events keep their hashes: the chain
 * covers a stream id in its first spelling. Receipts are found by a short hash of user and key; their table
 * has a rowid, so that random keys do not spread the rows over all its pages.
 */
export class KeysAndStreams extends Migration {
  override async up(): Promise<void> {
    for (const sql of [...STREAMS, ...RECEIPTS]) await this.execute(sql);
    for (let after = 0; ;) {
      const page = (await this.execute(
        'select id, user_id, idempotency_key from receipts where id > ? order by id limit ?',
        [after, RECEIPTS_PER_STATEMENT],
      )) as Keyed[];
      const last = page.at(-1);
      if (!last) break;
      await this.execute(SET_HASHES, [JSON.stringify(page.map((row) => [row.id, hashOf(row)]))]);
      after = last.id;
    }
    for (const sql of INDEXES) await this.execute(sql);
  }
}

/** As `keyHash` computes it: the first six bytes of the SHA-256, signed. */
function hashOf({ user_id: userId, idempotency_key: key }: Keyed): number {
  return hash('sha256', `${userId}/-1/${key}`, 'buffer').readIntBE(0, 6);
}

const STREAMS = [
  `update streams set stream_id = 'memory:' || user_id || '/' || substr(stream_id, 8)
   where substr(stream_id, 1, 7) = 'memory:' and instr(stream_id, '/') = 0`,
  `update streams set stream_id = 'conversation:' || user_id || '/' || substr(stream_id, length(user_id) + 15)
   where substr(stream_id, 1, length(user_id) + 14) = 'conversation:' || user_id || ':'
     and instr(stream_id, '/') = 0`,
];

const RECEIPTS = [
  'drop index receipts_position',
  'alter table receipts rename to receipts_before',
  `create table receipts (
    id integer not null primary key,
    user_id text not null,
    key_hash integer not null,
    idempotency_key text not null,
    batch_index integer not null,
    request_hash blob not null,
    status integer not null,
    body text not null,
    position integer not null,
    recorded_at integer not null
  )`,
  `insert into receipts
     (user_id, key_hash, idempotency_key, batch_index, request_hash, status, body, position, recorded_at)
   select user_id, 0, idempotency_key, -1, request_hash, status, body, position, recorded_at
   from receipts_before order by position, idempotency_key`,
  'drop table receipts_before',
];

const SET_HASHES = `update receipts set key_hash = json_extract(j.value, '$[1]')
  from json_each(?) as j where receipts.id = json_extract(j.value, '$[0]')`;

const INDEXES = [
  'create index receipts_key on receipts (key_hash)',
  'create index receipts_position on receipts (position, key_hash)',
];
