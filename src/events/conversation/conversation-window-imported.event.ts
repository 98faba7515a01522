import { ArrayMaxSize, IsArray, IsInt, Length } from 'class-validator';
import { IsStoredId, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/**
 * What another program kept of a session beside its turns. The event occurred with the last activity; when
 * each topic was mentioned and each emotion shown is not known, nor how strong the emotions were.
 */
export class ConversationWindowImported {
  @IsStoredId()
  sessionId: string;

  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics: string[];

  /** In the order in which they were shown. Patterns count them already. */
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  emotions: string[];

  /** When the session began, ms UTC; absent where it is not known, and in events of older releases. */
  @Optional()
  @IsInt()
  startedAt?: number;
}

/** Topics and emotions of a session were taken over from another program. */
export const conversationWindowImported = defineEvent({
  type: 'conversation.window-imported',
  version: 1,
  payload: ConversationWindowImported,
  upcasters: [],
});
