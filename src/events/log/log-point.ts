/** A place in the log. */
export interface LogPoint {
  /** Position of an event; 0 for the place before the first one. */
  position: number;
  /** When that event was recorded, ms UTC; null before the first event. */
  recordedAt: number | null;
}

/** Where the log and one user's part of it end, read in one snapshot. */
export interface LastPositions {
  /** Position of the log's last event; 0 when it is empty. */
  head: number;
  /** Position of the user's last event; 0 if the user has none. */
  last: number;
  /** Position of the event that erased the user; 0 if there is none, or the id is a new user's since. */
  erased: number;
  /** Position of the event after which the id is a new user's; 0 if there is none. */
  reopened: number;
}

/** Selects the LastPositions of the user who is the parameter. */
export const selectLastPositions = (userId: string): string =>
  `select coalesce((select max(position) from events), 0) as head,
    coalesce((select max(position) from events where user_id = ${userId}), 0) as last,
    coalesce((select position from erasures where user_id = ${userId} and reopened is null), 0) as erased,
    coalesce((select reopened from erasures where user_id = ${userId}), 0) as reopened`;

/** Selects the `recorded_at` of the event at a position. */
export const selectRecordedAt = (position: string): string =>
  `select recorded_at from events where position = ${position}`;

/**
 * Selects the last event that was recorded at or before a time (ms UTC), as the columns of a LogPoint. Since
 * `recorded_at` never decreases along the log, it is a binary search by position: some 30 point reads at most,
 * without an index over the time. Both databases run the same statement; `time` is its parameter.
 */
export const selectPointAt = (time: string): string => `with recursive search(low, high) as (
    select cast(0 as bigint), coalesce((select max(position) from events), 0)
    union all
    select case when e.recorded_at <= ${time} then e.position else s.low end,
      case when e.recorded_at <= ${time} then s.high else (s.low + s.high + 1) / 2 - 1 end
    from search s join events e on e.position =
      (select min(position) from events where position >= (s.low + s.high + 1) / 2)
    where s.low < s.high)
  select s.low as position, (select recorded_at from events where position = s.low) as "recordedAt"
  from search s where s.low >= s.high`;
