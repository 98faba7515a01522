/** Where a person is told. */
export interface BackupLog {
  info(what: object): void;
  error(what: object): void;
}
