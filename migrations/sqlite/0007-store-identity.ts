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
  from (select lower(hex(hash)) as h from events where position = 1)`;

const IDENTITY = [`create table store_identity (store_id text not null primary key) without rowid`];

const refuse = `begin select raise(abort, 'the identity of a store is fixed'); end`;

/** A restore gives a store without events the identity of the store that was backed up. */
const PROTECTION = [
  `create trigger store_identity_no_second before insert on store_identity
   when exists (select 1 from store_identity) ${refuse}`,
  `create trigger store_identity_no_update before update on store_identity
   when exists (select 1 from events) ${refuse}`,
  `create trigger store_identity_no_delete before delete on store_identity ${refuse}`,
];
