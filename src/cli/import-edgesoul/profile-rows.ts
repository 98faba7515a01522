import { MAX_PATTERNS_BYTES } from '../../modules/profile/commands/change-profile.command.js';
import { DEFAULT_PROFILE } from '../../projections/current-profile.projection.js';
import { isSmallJson, NOT_BLANK } from '../../validation/fields.js';
import { keyOf, userIdOf, type ImportCommand } from './import-command.js';
import { timeText } from './source-clock.js';
import type { SourceRow } from './source-row.js';

const LEVELS = {
  empathyLevel: 'empathy_level',
  humorLevel: 'humor_level',
  formalityLevel: 'formality_level',
  verbosityLevel: 'verbosity_level',
  proactivenessLevel: 'proactiveness_level',
} as const;
const LABELS = {
  name: ['name', 255],
  gender: ['gender', 50],
  preferredTone: ['preferred_tone', 50],
  responseStyle: ['response_style', 50],
} as const;
const COUNTERS = ['total_conversations', 'total_messages', 'avg_session_length'];

/**
 * Registers the user when the profile was created, and changes what differs from the defaults: a choice that
 * the user has made here since is not overwritten by one that they never made.
 */
export function profileCommands(row: SourceRow): ImportCommand[] {
  const userId = userIdOf(row.id('user_id'));
  const [createdAt, updatedAt] = [row.utc('created_at'), row.utc('updated_at')];
  // The original never counted; what somebody else wrote there cannot be told from the events of this store.
  if (COUNTERS.some((counter) => row.has(counter) && row.number(counter) !== 0))
    row.repair('counters left out');
  const fields = changesOf(row);
  const registered: ImportCommand = {
    command: 'ChangeProfile',
    userId,
    ...(createdAt && { occurredAt: timeText(createdAt) }),
  };
  if (Object.keys(fields).length === 0) return [registered];
  const changedAt = updatedAt ?? createdAt;
  const changed: ImportCommand = {
    command: 'ChangeProfile',
    userId,
    idempotencyKey: keyOf('profile', userId, fields),
    ...fields,
    ...(changedAt && { occurredAt: timeText(changedAt) }),
  };
  return [registered, changed];
}

function changesOf(row: SourceRow): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const add = (name: string, value: unknown, byDefault: unknown) => {
    if (value !== undefined && value !== byDefault) fields[name] = value;
  };
  for (const [name, column] of Object.entries(LEVELS))
    add(name, row.integer(column, 0, 100), DEFAULT_PROFILE[name as keyof typeof LEVELS]);
  for (const [name, [column, max]] of Object.entries(LABELS)) {
    const text = row.text(column, max);
    add(
      name,
      text !== undefined && NOT_BLANK.test(text) ? text : undefined,
      DEFAULT_PROFILE[name as keyof typeof LABELS],
    );
  }
  add('emojiUsage', row.boolean('emoji_usage'), DEFAULT_PROFILE.emojiUsage);
  const voice = voiceOf(row);
  if (Object.keys(voice).length > 0) fields['voice'] = voice;
  for (const list of ['interests', 'dislikes']) {
    const texts = row.texts(list, 200, 200);
    if (texts.length > 0) fields[list] = texts;
  }
  const patterns = row.object('communication_patterns');
  if (!isSmallJson(patterns, MAX_PATTERNS_BYTES)) row.repair('communication patterns left out: too large');
  else if (Object.keys(patterns).length > 0) fields['communicationPatterns'] = patterns;
  return fields;
}

function voiceOf(row: SourceRow): Record<string, unknown> {
  const { voice } = DEFAULT_PROFILE;
  const values = {
    enabled: row.boolean('voice_enabled'),
    speed: row.between('voice_speed', 0.5, 2),
    pitch: row.between('voice_pitch', 0, 2),
    autoSpeak: row.boolean('auto_speak_responses'),
  };
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value !== undefined && value !== voice[name as keyof typeof voice],
    ),
  );
}
