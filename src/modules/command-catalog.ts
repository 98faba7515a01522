import type { Shape } from '../validation/validator.js';
import type { Decider } from '../writer/deciding-writer.js';
import type { CommandContext } from '../writer/write-command.js';
import { UseContext, UseContextInput } from './context/commands/use-context.command.js';
import { useContext } from './context/context.decider.js';
import { EndSession, EndSessionInput } from './conversation/commands/end-session.command.js';
import { ImportWindow, ImportWindowInput } from './conversation/commands/import-window.command.js';
import { RecordTurn, RecordTurnBody } from './conversation/commands/record-turn.command.js';
import { endSession, importWindow, recordTurn } from './conversation/conversation.decider.js';
import {
  ImportEmotionPattern,
  ImportEmotionPatternBody,
} from './emotion/commands/import-emotion-pattern.command.js';
import { ObserveEmotion, ObserveEmotionBody } from './emotion/commands/observe-emotion.command.js';
import { importEmotionPattern, observeEmotion } from './emotion/emotion.decider.js';
import { ForgetMemories, ForgetMemoriesInput } from './memory/commands/forget-memories.command.js';
import { ForgetMemory, ForgetMemoryInput } from './memory/commands/forget-memory.command.js';
import { FormMemory, FormMemoryBody } from './memory/commands/form-memory.command.js';
import { RecallMemories, RecallMemoriesBody } from './memory/commands/recall-memories.command.js';
import { ReviseMemory, ReviseMemoryInput } from './memory/commands/revise-memory.command.js';
import {
  forgetMemories,
  forgetMemory,
  formMemory,
  recallMemories,
  reviseMemory,
} from './memory/memory.decider.js';
import { ChangeProfile, ChangeProfileBody } from './profile/commands/change-profile.command.js';
import { UnlearnPreference, UnlearnPreferenceInput } from './profile/commands/unlearn-preference.command.js';
import { unlearnPreference } from './profile/learning/unlearn-preference.decider.js';
import { changeProfile } from './profile/profile.decider.js';
import type { StoreCommand } from './store-command.js';

/** A declared command: its class, the shape of its input, and the decider that returns its events. */
export interface CommandType {
  readonly command: new (userId: string, input: never, context: CommandContext) => StoreCommand;
  readonly input: Shape<object>;
  readonly decide: Decider;
}

/** Every command, in one list. The class name is the command's name in a batch and in metrics. */
export const COMMANDS: readonly CommandType[] = [
  { command: ChangeProfile, input: ChangeProfileBody, decide: changeProfile },
  { command: UnlearnPreference, input: UnlearnPreferenceInput, decide: unlearnPreference },
  { command: FormMemory, input: FormMemoryBody, decide: formMemory },
  { command: ReviseMemory, input: ReviseMemoryInput, decide: reviseMemory },
  { command: ForgetMemory, input: ForgetMemoryInput, decide: forgetMemory },
  { command: ForgetMemories, input: ForgetMemoriesInput, decide: forgetMemories },
  { command: RecallMemories, input: RecallMemoriesBody, decide: recallMemories },
  { command: ObserveEmotion, input: ObserveEmotionBody, decide: observeEmotion },
  { command: RecordTurn, input: RecordTurnBody, decide: recordTurn },
  { command: ImportEmotionPattern, input: ImportEmotionPatternBody, decide: importEmotionPattern },
  { command: ImportWindow, input: ImportWindowInput, decide: importWindow },
  { command: EndSession, input: EndSessionInput, decide: endSession },
  { command: UseContext, input: UseContextInput, decide: useContext },
];

/** The names of all commands, in alphabetical order. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ command }) => command.name).toSorted();

/** The decider of every command, by command name; the writer takes this map. */
export const DECIDERS: ReadonlyMap<string, Decider> = new Map(
  COMMANDS.map(({ command, decide }) => [command.name, decide]),
);
