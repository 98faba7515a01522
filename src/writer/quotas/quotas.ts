/** What a user or a store may have; 0 for any number. */
export interface Limits {
  /** Events of one day, UTC, by the time of recording. */
  eventsADay: number;
  /** Memories, with those that have expired and are not forgotten yet. */
  memories: number;
  /** Bytes of the stored data of all events. */
  bytes: number;
}

/** The limits of each user, and those of the whole store. */
export interface Quotas {
  user: Limits;
  store: Limits;
}

/** Whose limit it is. */
export type QuotaOf = keyof Quotas;
