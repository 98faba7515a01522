import { Module } from '@nestjs/common';
import { ForgetMemoryHandler } from './commands/forget-memory.command.js';
import { FormMemoryHandler } from './commands/form-memory.command.js';
import { RecallMemoriesHandler } from './commands/recall-memories.command.js';
import { ReviseMemoryHandler } from './commands/revise-memory.command.js';
import { MemoryController } from './memory.controller.js';
import { GetMemoryHandler } from './queries/get-memory.query.js';
import { ListMemoriesHandler } from './queries/list-memories.query.js';
import { SearchMemoriesHandler } from './queries/search-memories.query.js';

/** What is remembered about a user. */
@Module({
  controllers: [MemoryController],
  providers: [
    FormMemoryHandler,
    ReviseMemoryHandler,
    ForgetMemoryHandler,
    RecallMemoriesHandler,
    GetMemoryHandler,
    ListMemoriesHandler,
    SearchMemoriesHandler,
  ],
})
export class MemoryModule {}
