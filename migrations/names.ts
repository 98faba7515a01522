/** The migrations of both databases, oldest first; a merged one is never edited. */
export const MIGRATIONS = [
  '0001-initial',
  '0002-window-rows',
  '0003-operations',
  '0004-local-time',
  '0005-sessions',
  '0007-keys-and-streams',
  '0008-store-identity',
  '0009-operators',
] as const;

export type MigrationName = (typeof MIGRATIONS)[number];
