/** A position at which a user changed. */
export class MarkAnswer {
  position: number;
  recordedAt: string;
  /** The types of the events from after the mark before up to this one, each once. */
  types: string[];
}

/** When a user changed, to look back with `asOf`. */
export class TimelineAnswer {
  /** Position of the user's first event. */
  first: number;
  /** Position of the user's last event. */
  last: number;
  /**
   * At most 1000. A longer past is thinned: each mark stands for equally many events, and is at the last of
   * them.
   */
  marks: MarkAnswer[];
}
