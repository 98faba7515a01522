/**
 * A row by column name. A timestamp is ms since 1970 UTC or an ISO 8601 text, a `json` value anything that
 * JSON can hold; a missing value is null.
 */
export type Row = Readonly<Record<string, unknown>>;

/** Rows, however they come: all at once, or as they are read. */
export type RowSource = Iterable<Row> | AsyncIterable<Row>;
