import { Migration } from '@mikro-orm/migrations';

/** The keys by which callers are known, and what each may do. */
export class AccessKeys extends Migration {
  override up(): void {
    for (const sql of ACCESS_KEYS) this.addSql(sql);
  }
}

const ACCESS_KEYS = [
  `create table access_keys (
    name text not null primary key,
    key_id text not null,
    hash blob not null,
    former_hash blob null,
    former_until integer null,
    scopes text not null,
    users text null,
    tenant text not null,
    created_at integer not null,
    expires_at integer null,
    revoked_at integer null,
    last_used_at integer null
  ) without rowid`,
  'create unique index access_keys_id on access_keys (key_id)',
];
