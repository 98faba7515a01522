import { Module } from '@nestjs/common';
import { ConversationController } from './conversation.controller.js';
import { GetConversationHandler } from './queries/get-conversation.query.js';
import { ListSessionsHandler } from './queries/list-sessions.query.js';

/** Turns, sessions and the conversation window over HTTP. */
@Module({
  controllers: [ConversationController],
  providers: [GetConversationHandler, ListSessionsHandler],
})
export class ConversationModule {}
