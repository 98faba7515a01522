import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { InvalidInput, Refused } from '../../errors.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';
import { newId } from '../../events/uuid.js';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validTolerant } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { RecordTurn } from '../conversation/commands/record-turn.command.js';
import { ObserveEmotion } from '../emotion/commands/observe-emotion.command.js';
import { FormMemory, type FormMemoryBody } from '../memory/commands/form-memory.command.js';
import { GetMemory } from '../memory/queries/get-memory.query.js';
import { OriginalImportBody, OriginalImported } from './original-imports.dto.js';
import {
  hasContent,
  idsFor,
  importedEmotion,
  importedMemory,
  importedTurn,
  importKey,
} from './original-imports.js';
import { COMPATIBILITY, ORIGINAL_PREFIX, unlessUnknown } from './original-names.js';

@ApiTags(COMPATIBILITY)
@Scoped(['chat'])
@Controller(ORIGINAL_PREFIX)
export class OriginalImportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Imports a memory. */
  @Post('memory/:userId')
  @CommandRoute({ status: 200, answer: OriginalImported })
  async memory(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(validTolerant(OriginalImportBody)) body: OriginalImportBody,
    @FromRequest() context: CommandContext,
  ): Promise<OriginalImported> {
    return this.formMemory(userId, body, { type: body.memory_type ?? 'fact', context });
  }

  /** Records a turn if the body, or its metadata, has messages; else imports a memory of a conversation. */
  @Post('conversation/:userId')
  @CommandRoute({ status: 200, answer: OriginalImported })
  async conversation(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(validTolerant(OriginalImportBody)) body: OriginalImportBody,
    @FromRequest() context: CommandContext,
  ): Promise<OriginalImported> {
    const turn = importedTurn(userId, body);
    if (!turn) return this.formMemory(userId, body, { type: 'conversation', context });
    await this.commands.execute(new RecordTurn(userId, turn, keyed(context, 'turn', turn)));
    return imported('Conversation created');
  }

  /**
   * Records an emotion if the body, or its metadata, has one with its intensity; imports a memory of it if
   * there is content as well, or only that.
   */
  @Post('emotion/:userId')
  @CommandRoute({ status: 200, answer: OriginalImported })
  async emotion(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(validTolerant(OriginalImportBody)) body: OriginalImportBody,
    @FromRequest() context: CommandContext,
  ): Promise<OriginalImported> {
    const emotion = importedEmotion(body);
    if (!emotion) return this.formMemory(userId, body, { type: 'emotional', context });
    if (hasContent(body, emotion)) await this.formMemory(userId, body, { type: 'emotional', context });
    // A key of the client stands for the memory; the emotion has one that follows from it.
    const own =
      context.idempotencyKey === undefined ? undefined : `${context.idempotencyKey.slice(0, 240)}#emotion`;
    const observing = {
      ...keyed({ ...context, idempotencyKey: own }, 'emotion', emotion),
      commandId: newId(),
    };
    await this.commands.execute(new ObserveEmotion(userId, emotion, observing));
    return imported('Emotion created');
  }

  private async formMemory(
    userId: string,
    body: OriginalImportBody,
    { type, context }: { type: MemoryType; context: CommandContext },
  ): Promise<OriginalImported> {
    if (!body.content) throw InvalidInput.field('content', 'must not be empty');
    const { memoryId, ...memory } = importedMemory(body, type);
    for (const id of idsFor(userId, memoryId)) {
      if (await this.isFormed(userId, { ...memory, ...id }, context)) return imported('Memory created');
      const known = unlessUnknown(this.queries.execute(new GetMemory(userId, id.memoryId ?? '')));
      if (await known) return imported('Memory exists already');
    }
    return imported('Memory created');
  }

  /** Forms a memory; false if its id is taken. */
  private async isFormed(userId: string, memory: FormMemoryBody, context: CommandContext): Promise<boolean> {
    try {
      await this.commands.execute(new FormMemory(userId, memory, context));
      return true;
    } catch (error) {
      if (error instanceof Refused && error.code === 'memory.already-exists') return false;
      throw error;
    }
  }
}

/** With a key that follows from what is recorded, unless the client has sent its own. */
function keyed(context: CommandContext, kind: string, recorded: { occurredAt?: string }): CommandContext {
  return { ...context, idempotencyKey: context.idempotencyKey ?? importKey(kind, recorded) };
}

function imported(message: string): OriginalImported {
  return { status: 'success', message };
}
