import { DEFAULT_PROFILE } from '../../projections/current-profile.projection.js';
import type { ChangeProfileBody } from '../profile/commands/change-profile.command.js';
import type { ProfileAnswer } from '../profile/profile.dto.js';
import type { OriginalProfile, OriginalProfileFields } from './original-profile.dto.js';

/** The fields whose names differ only in their spelling. */
const SAME = {
  name: 'name',
  gender: 'gender',
  empathy_level: 'empathyLevel',
  humor_level: 'humorLevel',
  formality_level: 'formalityLevel',
  verbosity_level: 'verbosityLevel',
  proactiveness_level: 'proactivenessLevel',
  preferred_tone: 'preferredTone',
  response_style: 'responseStyle',
  emoji_usage: 'emojiUsage',
  interests: 'interests',
  dislikes: 'dislikes',
} as const;
const VOICE = {
  voice_enabled: 'enabled',
  voice_speed: 'speed',
  voice_pitch: 'pitch',
  auto_speak_responses: 'autoSpeak',
} as const;

/** A profile in the original's words; the defaults for an unknown user. `now` is in ms UTC. */
export function originalProfile(
  userId: string,
  known: ProfileAnswer | undefined,
  now: number,
): OriginalProfile {
  const present = new Date(now).toISOString();
  const profile = known ?? {
    ...DEFAULT_PROFILE,
    totalConversations: 0,
    totalMessages: 0,
    avgSessionMinutes: 0,
    createdAt: present,
    updatedAt: present,
  };
  return {
    user_id: userId,
    name: profile.name,
    gender: profile.gender,
    empathy_level: profile.empathyLevel,
    humor_level: profile.humorLevel,
    formality_level: profile.formalityLevel,
    verbosity_level: profile.verbosityLevel,
    proactiveness_level: profile.proactivenessLevel,
    preferred_tone: profile.preferredTone,
    response_style: profile.responseStyle,
    emoji_usage: profile.emojiUsage,
    voice_enabled: profile.voice.enabled,
    voice_speed: profile.voice.speed,
    voice_pitch: profile.voice.pitch,
    auto_speak_responses: profile.voice.autoSpeak,
    interests: [...profile.interests],
    dislikes: [...profile.dislikes],
    communication_patterns: profile.communicationPatterns,
    total_conversations: profile.totalConversations,
    total_messages: profile.totalMessages,
    avg_session_length: profile.avgSessionMinutes,
    created_at: profile.createdAt,
    updated_at: profile.updatedAt,
  };
}

/** The change of a profile that the original's fields ask for, given its present communication patterns. */
export function profileChange(
  fields: OriginalProfileFields,
  patterns: Record<string, unknown>,
): ChangeProfileBody {
  const change: Record<string, unknown> = {};
  const voice: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === null && name !== 'name') continue;
    if (name in SAME) change[SAME[name as keyof typeof SAME]] = value;
    else if (name in VOICE) voice[VOICE[name as keyof typeof VOICE]] = value;
  }
  const { communication_patterns: replaced } = fields;
  return {
    ...change,
    ...(Object.keys(voice).length > 0 && { voice }),
    ...(replaced && { communicationPatterns: replacing(patterns, replaced) }),
  };
}

/** The merge patch that makes `after` of `before`: the service merges, the original replaced. */
function replacing(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const kept = Object.entries(after).map(([name, value]) => {
    const old = before[name];
    return [name, isObject(old) && isObject(value) ? replacing(old, value) : value];
  });
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(kept) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
