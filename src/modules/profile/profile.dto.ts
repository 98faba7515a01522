import { IsId, Optional } from '../../validation/fields.js';
import { ListQuery } from '../list-query.dto.js';

/** Page of the list of users. */
export class ListUsersQuery extends ListQuery {
  /** Only users whose id starts with this. */
  @Optional()
  @IsId()
  prefix?: string;
}

/** A user in a list. */
export class UserAnswer {
  userId: string;
  name: string | null;
  createdAt: string;
  turns: number;
  sessions: number;
  /** Null without turns. */
  lastTurnAt: string | null;
}

/** A page of users, by id. */
export class UserPageAnswer {
  items: UserAnswer[];
  nextCursor: string | null;
}

/** How the companion speaks aloud: speed 0.5..2, pitch 0..2. */
export class VoiceAnswer {
  enabled: boolean;
  speed: number;
  pitch: number;
  autoSpeak: boolean;
}

/** A user's profile. Levels are 0..100. */
export class ProfileAnswer {
  userId: string;
  name: string | null;
  gender: string;
  empathyLevel: number;
  humorLevel: number;
  formalityLevel: number;
  verbosityLevel: number;
  proactivenessLevel: number;
  preferredTone: string;
  responseStyle: string;
  emojiUsage: boolean;
  voice: VoiceAnswer;
  interests: string[];
  dislikes: string[];
  communicationPatterns: Record<string, unknown>;
  /** Name in the IANA time zone database; null when only the offset is known. */
  timeZone: string | null;
  /** Minutes east of UTC; it holds when `timeZone` is null. */
  utcOffset: number;
  /** Number of sessions; one that is used again after its end is another conversation. */
  totalConversations: number;
  /** Number of messages of the user: one per turn. */
  totalMessages: number;
  /**
   * Mean length of a sitting, in minutes: turns of one session without a pause above 30 minutes and without
   * an end in between. Longer pauses, and the time after an end, do not count.
   */
  avgSessionMinutes: number;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** The answer to a profile change. */
export class ProfileChangedAnswer {
  profile: ProfileAnswer;
  position: number;
  version: number;
}
