import type { CommandData } from '../writer/command-writer.js';
import type { Decision, WriteCommand, WriteState } from '../writer/write-command.js';
import { endSession, recordTurn } from './conversation/conversation.decider.js';
import { observeEmotion } from './emotion/emotion.decider.js';
import { forgetMemory, formMemory, recallMemories, reviseMemory } from './memory/memory.decider.js';
import { changeProfile } from './profile/profile.decider.js';

/** Decides what a command appends, given its checked input, or throws its refusal. */
type Decider = (state: WriteState, userId: string, input: never) => Decision;

/** Every command's decider, by the command's name. */
const DECIDERS = new Map<string, Decider>(
  Object.entries({
    ChangeProfile: changeProfile,
    FormMemory: formMemory,
    ReviseMemory: reviseMemory,
    ForgetMemory: forgetMemory,
    RecallMemories: recallMemories,
    ObserveEmotion: observeEmotion,
    RecordTurn: recordTurn,
    EndSession: endSession,
  }),
);

/** The command with its decider, ready for the event writer. */
export function withDecider({ name, input, ...command }: CommandData): WriteCommand {
  const decide = DECIDERS.get(name);
  if (!decide) throw new Error(`No decider is known for the command ${name}.`);
  return { ...command, decide: (state) => decide(state, command.userId, input as never) };
}
