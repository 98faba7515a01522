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

/**
 * The data becomes empty and a salt becomes a digest, once, for events of a user that come before the event
 * which erases the user. A comparison with null is unknown, which must not count as allowed.
 */
const IS_ERASURE = `coalesce(
    length(old.data) > 0 and new.data = '' and old.type <> 'user.erased'
    and iif(old.seal is null, new.seal is null, length(old.seal) = 16 and length(new.seal) = 32)
    and exists (select 1 from erasures e where e.user_id = old.user_id and e.position > old.position)
    and ${FIXED.map((column) => `new.${column} is old.${column}`).join(' and ')}, 0)`;

const ERASURES = [
  'alter table events add column seal blob null',
  `create table erasures (
    user_id text not null primary key, position integer not null, pending integer not null
  ) without rowid`,
  'create index erasures_pending on erasures (pending, user_id)',
  'create index erasures_position on erasures (position)',
  'drop trigger events_no_update',
  `create trigger events_no_update before update on events when not ${IS_ERASURE}
   begin select raise(abort, 'events are immutable'); end`,
];
