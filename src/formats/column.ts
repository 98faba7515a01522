/** The type of a column's values in every format; a timestamp is an instant, written in UTC. */
export type ColumnType = 'text' | 'integer' | 'real' | 'boolean' | 'timestamp' | 'json';

/** A column of rows that are written as JSON lines, CSV or Parquet. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}
