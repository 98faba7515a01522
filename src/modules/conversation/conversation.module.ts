import { Module } from '@nestjs/common';
import { EndSessionHandler } from './commands/end-session.command.js';
import { RecordTurnHandler } from './commands/record-turn.command.js';
import { ConversationController } from './conversation.controller.js';
import { GetConversationHandler } from './queries/get-conversation.query.js';
import { ListSessionsHandler } from './queries/list-sessions.query.js';

/** What was said. */
@Module({
  controllers: [ConversationController],
  providers: [RecordTurnHandler, EndSessionHandler, GetConversationHandler, ListSessionsHandler],
})
export class ConversationModule {}
