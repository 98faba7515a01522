import { Module } from '@nestjs/common';
import { UserLog } from '../user-log.js';
import { ConversationController } from './conversation.controller.js';
import { GetConversationHandler } from './queries/get-conversation.query.js';
import { GetTurnHandler } from './queries/get-turn.query.js';
import { ListSessionsHandler } from './queries/list-sessions.query.js';
import { ListTurnsHandler } from './queries/list-turns.query.js';
import { TurnsController } from './turns/turns.controller.js';

/** Turns, sessions and the conversation window over HTTP. */
@Module({
  controllers: [ConversationController, TurnsController],
  providers: [UserLog, GetConversationHandler, ListSessionsHandler, GetTurnHandler, ListTurnsHandler],
})
export class ConversationModule {}
