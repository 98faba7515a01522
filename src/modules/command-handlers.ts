import type { Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Retractions } from '../operations/retraction/retractions.js';
import { Reads } from '../projections/reads/reads.js';
import { CommandWriter } from '../writer/command-writer.js';
import type { Written } from '../writer/write-command.js';
import { COMMANDS, type CommandType } from './command-catalog.js';
import { RetractingCommand } from './retracting-command.js';
import { commandData, type StoreCommand } from './store-command.js';
import { UserLog } from './user-log.js';

/**
 * One handler of the command bus for each command of the catalog: it passes the command to the writer. What
 * takes events back is worked out before.
 */
export const COMMAND_HANDLERS: readonly Type<ICommandHandler<StoreCommand>>[] = COMMANDS.map(handlerOf);

function handlerOf({ command }: CommandType): Type<ICommandHandler<StoreCommand>> {
  @CommandHandler(command)
  class Handler implements ICommandHandler<StoreCommand> {
    constructor(
      private readonly writer: CommandWriter,
      private readonly retractions: Retractions,
      private readonly reads: Reads,
    ) {}

    async execute(sent: StoreCommand): Promise<Written> {
      if (!(sent instanceof RetractingCommand)) return this.writer.write(commandData(sent));
      const log = new UserLog(this.reads);
      const task = await sent.task((userId, id) => log.observation(userId, id));
      return this.retractions.apply(sent.userId, task, (planned) =>
        this.writer.write(commandData(sent.with(planned))),
      );
    }
  }
  return Handler;
}
