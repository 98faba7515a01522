import { CommandMaker, type Command } from './bodies.ts';

/** An event as the peers append it: as the service makes it of the same command, without the rare extras. */
export interface BenchEvent {
  streamId: string;
  userId: string;
  type: string;
  data: Record<string, unknown>;
}

/** The events of one command, each on its stream. */
export function eventsOf(command: Command, number: number): BenchEvent[] {
  const { userId } = command;
  switch (command.command) {
    case 'RecordTurn': {
      const { sessionId, userMessage, assistantMessage, emotion, topics = [] } = command;
      const turnId = `turn-${number}`;
      const turn = { turnId, sessionId, userMessage, assistantMessage, topics, emotion };
      const recorded = {
        streamId: `conversation-${userId}:${sessionId}`,
        userId,
        type: 'turn.recorded',
        data: turn,
      };
      if (!emotion) return [recorded];
      return [recorded, observed(userId, { ...emotion, emotion: emotion.label, sessionId, turnId })];
    }
    case 'ObserveEmotion':
      return [observed(userId, { ...command, sessionId: null, turnId: null })];
    case 'FormMemory': {
      const { type, content, context = null, importance } = command;
      const memoryId = `memory-${number}`;
      const data = { memoryId, type, content, context, confidence: 0.8, importance, metadata: {} };
      return [{ streamId: `memory-${memoryId}`, userId, type: 'memory.formed', data }];
    }
    case 'ChangeProfile':
    default: {
      const { command: _name, userId: _user, ...fields } = command;
      const changes = Object.fromEntries(
        Object.entries(fields).map(([field, to]) => [field, { from: null, to }]),
      );
      return [{ streamId: `profile-${userId}`, userId, type: 'profile.changed', data: { changes } }];
    }
  }
}

interface Observation {
  emotion: string;
  intensity: number;
  confidence: number;
  triggers?: string[];
  sessionId: string | null;
  turnId: string | null;
}

function observed(userId: string, observation: Observation): BenchEvent {
  const { emotion, intensity, confidence, triggers = [], sessionId, turnId } = observation;
  const data = { emotion, intensity, confidence, triggers, sessionId, turnId };
  return { streamId: `emotion-${userId}`, userId, type: 'emotion.observed', data };
}

/**
 * An endless supply of the mix's commands as lists of events; the commands are made before the measurement.
 */
export function eventSupply(seed: number, commands: number): () => BenchEvent[] {
  const maker = new CommandMaker(seed);
  const made = Array.from({ length: commands }, () => maker.mixed());
  let number = 0;
  // The number gives new ids in every round, so that no memory is formed twice.
  return () => eventsOf(made[number % made.length]!, ++number);
}
