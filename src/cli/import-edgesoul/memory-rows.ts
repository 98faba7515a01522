import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import { ID_PATTERN, isSmallJson } from '../../validation/fields.js';
import { idInPlaceOf, RowRefused, userIdOf, type ImportCommand } from './import-command.js';
import { timeText, type SourceTime } from './source-clock.js';
import type { SourceRow } from './source-row.js';

const MAX_CHARACTERS = 8_000;
const MAX_METADATA_BYTES = 16_384;
const MAX_RECALLS = 1_000_000_000;
/** A route below `memories/` has this name. */
const RESERVED = 'search';

/**
 * Forms the memory under its own id: another run finds it there, also when it was revised or forgotten since.
 */
export function memoryCommands(row: SourceRow, sawOffset: (minutes: number) => void): ImportCommand[] {
  const userId = userIdOf(row.id('user_id'));
  const type = typeOf(row);
  const content = row.text('content', MAX_CHARACTERS) ?? '';
  if (content === '') throw new RowRefused('no content');
  const id = row.id('memory_id');
  const at = formedAt(row, id, sawOffset);
  const context = row.text('context', MAX_CHARACTERS);
  const metadata = row.object('memory_metadata');
  if (!isSmallJson(metadata, MAX_METADATA_BYTES)) row.repair('metadata left out: too large');
  const isMetadata = isSmallJson(metadata, MAX_METADATA_BYTES) && Object.keys(metadata).length > 0;
  const memory = {
    type,
    content,
    ...(context !== undefined && { context }),
    ...(isMetadata && { metadata }),
  };
  return [
    {
      command: 'FormMemory',
      userId,
      memoryId: memoryIdOf(row, userId, id),
      ...memory,
      confidence: row.share('confidence') ?? 1,
      importance: row.share('importance') ?? 0.5,
      ...(at && { occurredAt: timeText(at) }),
      ...recalledOf(row),
    },
  ];
}

function typeOf(row: SourceRow): MemoryType {
  const written = row.id('memory_type') ?? '';
  // Python writes a member of an enumeration as `MemoryType.FACT`.
  const name = written.trim().toLowerCase().replace(/^.*\./, '');
  const type = MEMORY_TYPES.find((each) => each === (name === 'emotion' ? 'emotional' : name));
  if (type === undefined) throw new RowRefused('an unknown memory type');
  if (type !== written) row.repair('type');
  return type;
}

function memoryIdOf(row: SourceRow, userId: string, id: string | undefined): string {
  const copy = row.number('copy') ?? 1;
  if (copy > 1) row.repair('duplicate id');
  const own = id !== undefined && copy > 1 ? `${id}.${copy}` : id;
  if (own !== undefined && ID_PATTERN.test(own) && own !== RESERVED) return own;
  row.repair('id');
  return idInPlaceOf(userId, own ?? row.number('row_number'));
}

function formedAt(
  row: SourceRow,
  id: string | undefined,
  sawOffset: (minutes: number) => void,
): SourceTime | undefined {
  const exact = row.clock.ofMemory(id ?? '', row.id('created_at') ?? '');
  if (exact) {
    sawOffset(exact.utcOffset);
    if (exact.utcOffset !== 0) row.repair('local time');
    return exact;
  }
  const at = row.local('created_at');
  if (at && at.utcOffset !== 0) row.repair('local time');
  return at;
}

function recalledOf(row: SourceRow): { recalled?: { count: number; lastAt?: string } } {
  const count = row.integer('access_count', 0, MAX_RECALLS) ?? 0;
  if (count === 0) return {};
  const lastAt = row.utc('last_accessed');
  return { recalled: { count, ...(lastAt && { lastAt: timeText(lastAt) }) } };
}
