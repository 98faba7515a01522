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

/** Every column of an event but its data and its seal. */
const FIXED = [
  'position',
  'event_id',
  'user_id',
  'stream_key',
  'version',
  'type',
  'schema_version',
  'occurred_at',
  'utc_offset',
  'recorded_at',
  'command_id',
  'correlation_id',
  'causation_id',
  'actor',
  'hash',
];

/** Events that say what happened to others are never retracted. */
const LASTING = "('user.registered', 'user.erased', 'user.reopened', 'events.retracted', 'events.restored')";

/**
 * The data becomes empty and a salt becomes a digest, once: for events of a user that come before the event
 * which erases the user, and for events with a salt that a retraction which erases names. A comparison with
 * null is unknown, which must not count as allowed.
 */
const IS_ERASURE = `coalesce(
    length(old.data) > 0 and new.data = ''
    and ((old.type <> 'user.erased'
        and iif(old.seal is null, new.seal is null, length(old.seal) = 16 and length(new.seal) = 32)
        and exists (select 1 from erasures e where e.user_id = old.user_id and e.position > old.position))
      or (old.type not in ${LASTING} and length(old.seal) = 16 and length(new.seal) = 32
        and exists (select 1 from retracted_events k
          join retractions r on r.user_id = k.user_id and r.position = k.retraction
          where k.user_id = old.user_id and k.position = old.position and r.erasure is not null)))
    and ${FIXED.map((column) => `new.${column} is old.${column}`).join(' and ')}, 0)`;

const ERASING_RETRACTIONS = [
  'alter table retractions add column erasure integer null',
  'create index retractions_erasure on retractions (erasure, position)',
  'drop trigger events_no_update',
  `create trigger events_no_update before update on events when not ${IS_ERASURE}
   begin select raise(abort, 'events are immutable'); end`,
];
