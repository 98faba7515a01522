/** A row by column name, with values as `Column` says; a timestamp may also be ISO 8601 text. */
export type Row = Readonly<Record<string, unknown>>;

/** Objects of any type that are rows, however they come: all at once, or as they are read. */
export type RowSource = Iterable<object> | AsyncIterable<object>;
