/** The migrations of both databases, oldest first; a merged one is never edited. */
export const MIGRATIONS = [
  '0001-initial',
  '0002-window-rows',
  '0003-operations',
  '0004-local-time',
  '0005-sessions',
  '0006-keys-and-streams',
  '0007-store-identity',
  '0008-store-marks',
  '0009-user-activity',
  '0010-search',
  '0011-imported-emotions',
  '0012-context-uses',
  '0013-learned-preferences',
  '0014-memory-sessions',
] as const;

export type MigrationName = (typeof MIGRATIONS)[number];
