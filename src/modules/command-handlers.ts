import type { Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandWriter } from '../writer/command-writer.js';
import type { Written } from '../writer/write-command.js';
import { COMMANDS, type CommandType } from './command-catalog.js';
import { commandData, type StoreCommand } from './store-command.js';

/** One handler of the command bus for each command of the catalog: it passes the command to the writer. */
export const COMMAND_HANDLERS: readonly Type<ICommandHandler<StoreCommand>>[] = COMMANDS.map(handlerOf);

function handlerOf({ command }: CommandType): Type<ICommandHandler<StoreCommand>> {
  @CommandHandler(command)
  class Handler implements ICommandHandler<StoreCommand> {
    constructor(private readonly writer: CommandWriter) {}

    execute(sent: StoreCommand): Promise<Written> {
      return this.writer.write(commandData(sent));
    }
  }
  return Handler;
}
