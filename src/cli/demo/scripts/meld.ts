import { DAY_MS } from '../../../durations.js';
import { asId, type Command } from '../commands.js';
import type { DemoError, Numbered, Script, ScriptUser } from './demo-script.js';

/** One dialogue of a file shaped like MELD: every utterance carries an emotion. */
export interface MeldLine {
  dialogue_id: string;
  season: number;
  episode: number;
  turns: MeldTurn[];
}

interface MeldTurn {
  speaker: string;
  text: string;
  emotion: string;
  sentiment?: string;
  start?: string;
}

interface Observation {
  speaker: string;
  occurredAt: string;
  command: Command;
}

const word = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };

/** The JSON schema of a MeldLine; other fields are allowed. */
export const MELD_LINE = {
  type: 'object',
  required: ['dialogue_id', 'season', 'episode', 'turns'],
  properties: {
    dialogue_id: word,
    season: count,
    episode: count,
    turns: {
      type: 'array',
      items: {
        type: 'object',
        required: ['speaker', 'text', 'emotion'],
        properties: {
          speaker: word,
          text: { type: 'string' },
          emotion: word,
          sentiment: word,
          start: { type: 'string', pattern: String.raw`^\d+:\d\d:\d\d(\.\d+)?$` },
        },
      },
    },
  },
};

const MAX_SPEAKERS = 6;
const WEEKS_PER_SEASON = 26;
const PREMIERE = Date.parse('2020-01-06T20:00:00Z');
const INTENSITIES: Record<string, number> = { positive: 0.7, negative: 0.75, neutral: 0.5 };

/** A script whose users are the six most frequent speakers, each with the history of their emotions. */
export function meldScript(
  title: string,
  lines: Numbered<MeldLine>[],
  fail: (line: number, what: string) => DemoError,
): Script {
  const seen = new Set<string>();
  for (const { line, value } of lines) {
    if (seen.has(value.dialogue_id)) throw fail(line, `dialogue_id ${value.dialogue_id} appears twice`);
    seen.add(value.dialogue_id);
  }
  const observations = lines.flatMap(({ value }) => value.turns.map((turn, n) => observe(value, turn, n)));
  const bySpeaker = new Map<string, Observation[]>();
  for (const observation of observations) {
    const own = bySpeaker.get(observation.speaker) ?? [];
    own.push(observation);
    bySpeaker.set(observation.speaker, own);
  }
  const main = [...bySpeaker].toSorted(([, a], [, b]) => b.length - a.length).slice(0, MAX_SPEAKERS);
  if (main.length === 0) throw fail(lines[0]?.line ?? 1, 'no dialogue has a turn');
  return {
    title,
    mode: 'batch',
    sections: ['emotions'],
    users: main.map(([speaker, own]) => meldUser(speaker, own)),
  };
}

function meldUser(speaker: string, observations: Observation[]): ScriptUser {
  const userId = userIdOf(speaker);
  const felt = observations
    .toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt))
    .map((observation) => observation.command);
  return {
    userId,
    about: `${observations.length} utterances; a season is played as half a year, from January 2020 on`,
    commands: [
      { userId, idempotencyKey: `${userId}:name`, command: 'ChangeProfile', name: speaker },
      ...felt,
    ],
    questions: [],
  };
}

function observe(dialogue: MeldLine, turn: MeldTurn, n: number): Observation {
  const occurredAt = new Date(airedAt(dialogue) + millisecondsInto(turn, n)).toISOString();
  // The previous speaker is the closest thing to a trigger that the data has.
  const previousSpeaker = dialogue.turns[n - 1]?.speaker;
  return {
    speaker: turn.speaker,
    occurredAt,
    command: {
      userId: userIdOf(turn.speaker),
      idempotencyKey: asId(`${dialogue.dialogue_id}:${n}`),
      command: 'ObserveEmotion',
      emotion: turn.emotion,
      intensity: intensityOf(turn),
      triggers: previousSpeaker && previousSpeaker !== turn.speaker ? [previousSpeaker] : [],
      sessionId: asId(dialogue.dialogue_id),
      occurredAt,
    },
  };
}

/** The intensity of an utterance: 0.3 if neutral, else from its sentiment, plus 0.15 if it contains a `!`. */
export function intensityOf({ emotion, sentiment, text }: MeldTurn): number {
  if (emotion === 'neutral') return 0.3;
  const felt = INTENSITIES[sentiment ?? 'neutral'] ?? 0.5;
  return text.includes('!') ? Math.round((felt + 0.15) * 100) / 100 : felt;
}

function airedAt({ season, episode }: MeldLine): number {
  return PREMIERE + (Math.max(0, season - 1) * WEEKS_PER_SEASON + episode) * 7 * DAY_MS;
}

function millisecondsInto({ start }: MeldTurn, n: number): number {
  if (!start) return n * 10_000;
  const [hours = 0, minutes = 0, seconds = 0] = start.split(':').map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
}

function userIdOf(speaker: string): string {
  return asId(speaker.toLowerCase());
}
