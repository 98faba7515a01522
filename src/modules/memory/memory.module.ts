import { Module } from '@nestjs/common';
import { MemoryController } from './memory.controller.js';
import { GetEmbeddingHandler } from './queries/get-embedding.query.js';
import { GetMemoryHistoryHandler } from './queries/get-memory-history.query.js';
import { GetMemoryHandler } from './queries/get-memory.query.js';
import { ListForgettableHandler } from './queries/list-forgettable.query.js';
import { ListMemoriesHandler } from './queries/list-memories.query.js';
import { SearchMemoriesHandler } from './queries/search-memories.query.js';

/** The memories of a user over HTTP. */
@Module({
  controllers: [MemoryController],
  providers: [
    GetEmbeddingHandler,
    GetMemoryHandler,
    GetMemoryHistoryHandler,
    ListForgettableHandler,
    ListMemoriesHandler,
    SearchMemoriesHandler,
  ],
})
export class MemoryModule {}
