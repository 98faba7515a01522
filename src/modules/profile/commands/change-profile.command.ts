import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventWriter } from '../../../events/log/event-writer.js';
import type { Written } from '../../../events/log/write-command.js';
import { NamedCommand, StoreCommand, toWrite } from '../../store-command.js';
import { profileStream } from '../../user-in-decision.js';
import { changeProfile } from '../profile.decider.js';
import { ChangeProfileBody } from '../profile.dto.js';

/** Change any of a user's profile fields. */
@NamedCommand(ChangeProfileBody)
export class ChangeProfile extends StoreCommand<ChangeProfileBody> {}

@CommandHandler(ChangeProfile)
export class ChangeProfileHandler implements ICommandHandler<ChangeProfile> {
  constructor(private readonly writer: EventWriter) {}

  execute(command: ChangeProfile): Promise<Written> {
    const { userId, input } = command;
    return this.writer.write(
      toWrite(command, (state) => changeProfile(state, userId, input), profileStream(userId)),
    );
  }
}
