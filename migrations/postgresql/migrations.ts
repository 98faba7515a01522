import type { Migration } from '@mikro-orm/migrations';
import { MIGRATIONS, type MigrationName } from '../names.js';
import { Initial } from './0001-initial.js';
import { WindowRows } from './0002-window-rows.js';
import { Operations } from './0003-operations.js';
import { LocalTime } from './0004-local-time.js';
import { Sessions } from './0005-sessions.js';
import { KeysAndStreams } from './0006-keys-and-streams.js';
import { StoreIdentity } from './0007-store-identity.js';
import { StoreMarks } from './0008-store-marks.js';
import { UserActivity } from './0009-user-activity.js';
import { Search } from './0010-search.js';
import { ImportedEmotions } from './0011-imported-emotions.js';
import { ContextUses } from './0012-context-uses.js';
import { LearnedPreferences } from './0013-learned-preferences.js';
import { MemorySessions } from './0014-memory-sessions.js';
import { MemoryLanguages } from './0017-memory-languages.js';
import { MemoryEmbeddings } from './0018-memory-embeddings.js';
import { MemoryLife } from './0019-memory-life.js';
import { AccessKeys } from './0020-access-keys.js';
import { Erasures } from './0021-erasures.js';
import { Retractions } from './0022-retractions.js';
import { ErasedCopies } from './0023-erased-copies.js';
import { ErasureRecords } from './0024-erasure-records.js';
import { UsageAndReads } from './0026-usage-and-reads.js';
import { ErasingRetractions } from './0027-erasing-retractions.js';

const CLASSES: Record<MigrationName, new (...of: ConstructorParameters<typeof Migration>) => Migration> = {
  '0001-initial': Initial,
  '0002-window-rows': WindowRows,
  '0003-operations': Operations,
  '0004-local-time': LocalTime,
  '0005-sessions': Sessions,
  '0006-keys-and-streams': KeysAndStreams,
  '0007-store-identity': StoreIdentity,
  '0008-store-marks': StoreMarks,
  '0009-user-activity': UserActivity,
  '0010-search': Search,
  '0011-imported-emotions': ImportedEmotions,
  '0012-context-uses': ContextUses,
  '0013-learned-preferences': LearnedPreferences,
  '0014-memory-sessions': MemorySessions,
  '0017-memory-languages': MemoryLanguages,
  '0018-memory-embeddings': MemoryEmbeddings,
  '0019-memory-life': MemoryLife,
  '0020-access-keys': AccessKeys,
  '0021-erasures': Erasures,
  '0022-retractions': Retractions,
  '0023-erased-copies': ErasedCopies,
  '0024-erasure-records': ErasureRecords,
  '0026-usage-and-reads': UsageAndReads,
  '0027-erasing-retractions': ErasingRetractions,
};

export const postgresqlMigrations = MIGRATIONS.map((name) => ({ name, class: CLASSES[name] }));
