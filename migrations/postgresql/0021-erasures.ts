import { Migration } from '@mikro-orm/migrations';

/**
 * Events have a seal, so that their data can be erased and their hashes stay right. Events from before have
 * none and keep their hashes. From now on the database allows one change of an event, its erasure.
 */
export class Erasures extends Migration {
  override up(): void {
    for (const sql of ERASURES) this.addSql(sql);
  }
}

/**
 * The data becomes empty and a salt becomes a digest, once, for events of a user that come before the event
 * which erases the user. A comparison with null is unknown, which `if` does not take for allowed.
 */
const ERASURES = [
  'alter table events add column seal bytea null',
  `create table erasures (
    user_id text collate "C" not null primary key, position bigint not null, pending boolean not null
  )`,
  'create index erasures_pending on erasures (pending, user_id)',
  'create index erasures_position on erasures (position)',
  `create or replace function events_are_immutable() returns trigger language plpgsql as $$
   declare
     erased events;
   begin
     if tg_op = 'UPDATE' then
       erased := old;
       erased.data := '';
       erased.seal := new.seal;
       if new is not distinct from erased and old.data <> '' and old.type <> 'user.erased'
         and ((old.seal is null and new.seal is null) or (length(old.seal) = 16 and length(new.seal) = 32))
         and exists (
           select 1 from erasures e where e.user_id = old.user_id and e.position > old.position)
       then
         return new;
       end if;
     end if;
     raise exception 'events are immutable';
   end $$`,
];
