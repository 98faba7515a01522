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
  '0017-memory-languages',
  '0018-memory-embeddings',
  '0019-memory-life',
  '0020-access-keys',
  '0021-erasures',
  '0022-retractions',
  '0023-erased-copies',
  '0024-erasure-records',
  '0026-usage-and-reads',
  '0027-erasing-retractions',
] as const;

export type MigrationName = (typeof MIGRATIONS)[number];
