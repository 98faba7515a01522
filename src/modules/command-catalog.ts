import type { Shape } from '../validation/validator.js';
import type { Decider } from '../writer/deciding-writer.js';
import type { CommandContext } from '../writer/write-command.js';
import { UseContext, UseContextInput } from './context/commands/use-context.command.js';
import { useContext } from './context/context.decider.js';
import { EditTurn, EditTurnInput } from './conversation/commands/edit-turn.command.js';
import { EndSession, EndSessionInput } from './conversation/commands/end-session.command.js';
import { ImportWindow, ImportWindowInput } from './conversation/commands/import-window.command.js';
import { RecordTurn, RecordTurnBody } from './conversation/commands/record-turn.command.js';
import { endSession, importWindow, recordTurn } from './conversation/conversation.decider.js';
import { editTurn } from './conversation/turns/edit-turn.decider.js';
import {
  CorrectObservation,
  CorrectObservationInput,
} from './emotion/commands/correct-observation.command.js';
import {
  ImportEmotionPattern,
  ImportEmotionPatternBody,
} from './emotion/commands/import-emotion-pattern.command.js';
import { ObserveEmotion, ObserveEmotionBody } from './emotion/commands/observe-emotion.command.js';
import { importEmotionPattern, observeEmotion } from './emotion/emotion.decider.js';
import { correctObservation } from './emotion/observations/correct-observation.decider.js';
import { EraseUser, EraseUserInput } from './erasure/commands/erase-user.command.js';
import { ReopenUser, ReopenUserInput } from './erasure/commands/reopen-user.command.js';
import { eraseUser, reopenUser } from './erasure/erasure.decider.js';
import { EmbedMemory, EmbedMemoryInput } from './memory/commands/embed-memory.command.js';
import { ForgetMemories, ForgetMemoriesInput } from './memory/commands/forget-memories.command.js';
import { ForgetMemory, ForgetMemoryInput } from './memory/commands/forget-memory.command.js';
import { FormMemory, FormMemoryBody } from './memory/commands/form-memory.command.js';
import { RecallMemories, RecallMemoriesBody } from './memory/commands/recall-memories.command.js';
import { ReviseMemory, ReviseMemoryInput } from './memory/commands/revise-memory.command.js';
import { loadLanguageDetector } from './memory/detect-language.js';
import { embedMemory } from './memory/embedding.decider.js';
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
import { ExpireEvents, ExpireEventsInput } from './retraction/commands/expire-events.command.js';
import { RestoreEvents, RestoreEventsInput } from './retraction/commands/restore-events.command.js';
import { RetractEvents, RetractEventsBody } from './retraction/commands/retract-events.command.js';
import { expireEvents, restoreEvents, retractEvents } from './retraction/retraction.decider.js';
import type { StoreCommand } from './store-command.js';

/** A declared command: its class, the shape of its input, and the decider that returns its events. */
export interface CommandType {
  readonly command: new (userId: string, input: never, context: CommandContext) => StoreCommand;
  readonly input: Shape<object>;
  readonly decide: Decider;
  /** Not in a batch: its route does more than the command. */
  readonly alone?: true;
}

/** Every command, in one list. The class name is the command's name in a batch and in metrics. */
export const COMMANDS: readonly CommandType[] = [
  { command: ChangeProfile, input: ChangeProfileBody, decide: changeProfile },
  { command: UnlearnPreference, input: UnlearnPreferenceInput, decide: unlearnPreference },
  { command: FormMemory, input: FormMemoryBody, decide: formMemory },
  { command: ReviseMemory, input: ReviseMemoryInput, decide: reviseMemory },
  { command: ForgetMemory, input: ForgetMemoryInput, decide: forgetMemory },
  { command: ForgetMemories, input: ForgetMemoriesInput, decide: forgetMemories },
  { command: EmbedMemory, input: EmbedMemoryInput, decide: embedMemory },
  { command: RecallMemories, input: RecallMemoriesBody, decide: recallMemories },
  { command: ObserveEmotion, input: ObserveEmotionBody, decide: observeEmotion },
  { command: RecordTurn, input: RecordTurnBody, decide: recordTurn },
  { command: ImportEmotionPattern, input: ImportEmotionPatternBody, decide: importEmotionPattern },
  { command: ImportWindow, input: ImportWindowInput, decide: importWindow },
  { command: EndSession, input: EndSessionInput, decide: endSession },
  { command: UseContext, input: UseContextInput, decide: useContext },
  { command: EraseUser, input: EraseUserInput, decide: eraseUser, alone: true },
  { command: ReopenUser, input: ReopenUserInput, decide: reopenUser, alone: true },
  { command: RetractEvents, input: RetractEventsBody, decide: retractEvents },
  { command: RestoreEvents, input: RestoreEventsInput, decide: restoreEvents },
  { command: ExpireEvents, input: ExpireEventsInput, decide: expireEvents, alone: true },
  { command: EditTurn, input: EditTurnInput, decide: editTurn },
  { command: CorrectObservation, input: CorrectObservationInput, decide: correctObservation },
];

/** The names of all commands, in alphabetical order. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ command }) => command.name).toSorted();

/**
 * Returns the decider of every command, by command name, with what they need: only a thread that decides
 * loads it.
 */
export async function loadDeciders(): Promise<ReadonlyMap<string, Decider>> {
  await loadLanguageDetector();
  return new Map(COMMANDS.map(({ command, decide }) => [command.name, decide]));
}
