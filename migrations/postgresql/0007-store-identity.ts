import { randomUUID } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';

/** The identity of the store, made once. */
export class StoreIdentity extends Migration {
  override up(): void {
    for (const sql of IDENTITY) this.addSql(sql);
    this.addSql(
      `insert into store_identity (store_id) values (coalesce((${OF_FIRST_EVENT}), '${randomUUID()}'))`,
    );
    for (const sql of PROTECTION) this.addSql(sql);
  }
}

/**
 * A store that has events already gets the identity that its first event yields, see `identityOfLog`: its
 * older backups, which record none, yield the same.
 */
const OF_FIRST_EVENT = `select substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-8' || substr(h, 14, 3)
    || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12)
  from (select encode(hash, 'hex') as h from events where position = 1) first_event`;

const IDENTITY = [`create table store_identity (store_id text collate "C" not null primary key)`];

/** A restore gives a store without events the identity of the store that was backed up. */
const PROTECTION = [
  `create function store_identity_is_fixed() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' and not exists (select 1 from store_identity) then return new; end if;
     if tg_op = 'UPDATE' and not exists (select 1 from events) then return new; end if;
     raise exception 'the identity of a store is fixed';
   end $$`,
  `create trigger store_identity_no_change before insert or update or delete on store_identity
   for each row execute function store_identity_is_fixed()`,
];
