import { Migration } from '@mikro-orm/migrations';

/**
 * A retraction may erase the data of its events. Besides the erasure of a user, the database allows this one
 * change of an event.
 */
export class ErasingRetractions extends Migration {
  override up(): void {
    for (const sql of ERASING_RETRACTIONS) this.addSql(sql);
  }
}

/** Events that say what happened to others are never retracted. */
const LASTING = "('user.registered', 'user.erased', 'user.reopened', 'events.retracted', 'events.restored')";

/**
 * The data becomes empty and a salt becomes a digest, once: for events of a user that come before the event
 * which erases the user, and for events with a salt that a retraction which erases names. A comparison with
 * null is unknown, which `if` does not take for allowed.
 */
const ERASING_RETRACTIONS = [
  'alter table retractions add column erasure bigint null',
  'create index retractions_erasure on retractions (erasure, position)',
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
       if new is not distinct from erased and old.data <> '' and old.type not in ${LASTING}
         and length(old.seal) = 16 and length(new.seal) = 32
         and exists (
           select 1 from retracted_events k
           join retractions r on r.user_id = k.user_id and r.position = k.retraction
           where k.user_id = old.user_id and k.position = old.position and r.erasure is not null)
       then
         return new;
       end if;
     end if;
     raise exception 'events are immutable';
   end $$`,
];
