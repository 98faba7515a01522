/**
 * A column of rows that are written in some format. In a row, a `timestamp` is ms since 1970 UTC, an
 * `integer` a safe integer, a `json` any JSON value; null where `nullable`.
 */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'real' | 'boolean' | 'timestamp' | 'json';
  readonly nullable: boolean;
}
