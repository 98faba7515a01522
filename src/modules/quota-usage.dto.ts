/** How much there is of something, and how much there may be. */
export class UsedAnswer {
  used: number;
  /** null for any number. */
  limit: number | null;
}

/** What counts against the quotas. */
export class QuotaUsageAnswer {
  /** Events of the present day, UTC. */
  eventsToday: UsedAnswer;
  /** With those that have expired and are not forgotten yet. */
  memories: UsedAnswer;
  /** Bytes of the stored data of all events. */
  bytes: UsedAnswer;
}
