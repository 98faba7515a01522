import { Migration } from '@mikro-orm/migrations';

/** The keys by which callers are known, and what each may do. */
export class AccessKeys extends Migration {
  override up(): void {
    for (const sql of ACCESS_KEYS) this.addSql(sql);
  }
}

const ACCESS_KEYS = [
  `create table access_keys (
    name text collate "C" not null primary key,
    key_id text collate "C" not null,
    hash bytea not null,
    former_hash bytea null,
    former_until bigint null,
    scopes text not null,
    users text null,
    tenant text not null,
    created_at bigint not null,
    expires_at bigint null,
    revoked_at bigint null,
    last_used_at bigint null
  )`,
  'create unique index access_keys_id on access_keys (key_id)',
];
