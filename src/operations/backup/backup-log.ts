/** The service's log, as far as backups use it. */
export interface BackupLog {
  info(what: object): void;
  error(what: object): void;
}
