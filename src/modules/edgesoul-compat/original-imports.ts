import { hash } from 'node:crypto';
import { InvalidInput } from '../../errors.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';
import { ID_PATTERN, NOT_BLANK } from '../../validation/fields.js';
import { isStorableInstant } from '../../validation/instants.js';
import { bodyValidator, tolerantValidator } from '../../validation/validator.js';
import { RecordTurnBody } from '../conversation/commands/record-turn.command.js';
import { ObserveEmotionBody } from '../emotion/commands/observe-emotion.command.js';
import { FormMemoryBody } from '../memory/commands/form-memory.command.js';
import { OriginalRecord, type OriginalImportBody } from './original-imports.dto.js';
import { shareOf } from './original-names.js';

const recordOf = tolerantValidator(OriginalRecord);
const memoryBody = bodyValidator(FormMemoryBody);
const turnBody = bodyValidator(RecordTurnBody);
const emotionBody = bodyValidator(ObserveEmotionBody);
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
/** The confidence of a memory that the original makes of an import. */
const CONFIDENCE = 1;

/** Returns the memory that is imported. Throws InvalidInput when the content is missing or too long. */
export function importedMemory(body: OriginalImportBody, type: MemoryType): FormMemoryBody {
  const { id, content, context, metadata, access_count: count } = body;
  const at = timeIn(body);
  const lastAt = instant('last_accessed', body.last_accessed);
  const isIdentified = typeof id === 'string' && ID_PATTERN.test(id) && id !== 'search';
  return memoryBody({
    type,
    content: content ?? '',
    ...(typeof context === 'string' && { context }),
    confidence: shareOf(body.confidence ?? CONFIDENCE),
    ...(typeof body.importance === 'number' && { importance: shareOf(body.importance) }),
    ...(metadata && { metadata }),
    ...(at !== undefined && { occurredAt: at }),
    ...(count && { recalled: { count, ...(lastAt !== undefined && { lastAt }) } }),
    // The original kept a row for each import, whatever it said.
    ...(isIdentified ? { memoryId: id } : { allowDuplicate: true }),
  });
}

/** Returns the turn that is imported; undefined when the body has no messages. */
export function importedTurn(userId: string, body: OriginalImportBody): RecordTurnBody | undefined {
  const record = recordIn(body);
  const { user_message: userMessage, assistant_message: assistantMessage, intensity } = record;
  if (!userMessage && !assistantMessage) return undefined;
  const at = timeIn(body);
  const { emotion: label, triggers, topics } = record;
  const emotion = label &&
    typeof intensity === 'number' && { label, intensity: shareOf(intensity), ...(triggers && { triggers }) };
  return turnBody({
    // The original's chat names the session like the user.
    sessionId: record.session_id ?? userId,
    userMessage: userMessage ?? '',
    assistantMessage: assistantMessage ?? '',
    ...(emotion && { emotion }),
    ...(topics && { topics }),
    // The original's chat learned from each turn; one that comes from an export has taught already.
    learn: typeof body.id !== 'string',
    ...(at !== undefined && { occurredAt: at }),
  });
}

/** Returns the observation that is imported; undefined when the body lacks an emotion or its intensity. */
export function importedEmotion(body: OriginalImportBody): ObserveEmotionBody | undefined {
  const { emotion, intensity, triggers, session_id: sessionId } = recordIn(body);
  if (!emotion || typeof intensity !== 'number') return undefined;
  const at = timeIn(body);
  return emotionBody({
    emotion,
    intensity: shareOf(intensity),
    ...(triggers && { triggers }),
    ...(sessionId && { sessionId }),
    ...(at !== undefined && { occurredAt: at }),
  });
}

/**
 * Returns the ids to try for a memory: its own; another one, should that have been forgotten, which the next
 * import finds again; and a new one.
 */
export function idsFor(userId: string, memoryId: string | undefined): Pick<FormMemoryBody, 'memoryId'>[] {
  if (memoryId === undefined) return [{}];
  const again = hash('sha256', JSON.stringify([userId, memoryId]), 'hex').slice(0, 32);
  return [{ memoryId }, { memoryId: `again-${again}` }, {}];
}

/** Whether the body has content of its own, beside what an export writes for the emotion. */
export function hasContent({ content }: OriginalImportBody, emotion: ObserveEmotionBody): boolean {
  return typeof content === 'string' && NOT_BLANK.test(content) && content !== emotion.emotion;
}

/**
 * The key under which an import is recorded once; undefined for one without a time, which may be another one.
 */
export function importKey(kind: string, recorded: { occurredAt?: string }): string | undefined {
  if (recorded.occurredAt === undefined) return undefined;
  return `edgesoul-compat:${kind}:${hash('sha256', JSON.stringify(recorded), 'hex').slice(0, 32)}`;
}

/**
 * What the body says of a turn or an emotion, itself or in its metadata; metadata of another kind says
 * nothing.
 */
function recordIn({ metadata, ...body }: OriginalImportBody): OriginalRecord {
  const sent = Object.entries(recordOf(body)).filter(([, value]) => value !== null);
  try {
    return { ...(metadata && recordOf(metadata)), ...Object.fromEntries(sent) };
  } catch (error) {
    if (error instanceof InvalidInput) return Object.fromEntries(sent);
    throw error;
  }
}

function timeIn(body: OriginalImportBody): string | undefined {
  return instant('timestamp', body.timestamp) ?? instant('created_at', body.created_at);
}

/** A time as the service takes it: Python writes none of its zones. */
function instant(field: string, text: string | null | undefined): string | undefined {
  if (text === undefined || text === null) return undefined;
  const zoned = WITHOUT_ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text;
  if (isStorableInstant(zoned)) return zoned;
  throw InvalidInput.field(field, 'must be an ISO 8601 time, of the years 1900 to 2999');
}
