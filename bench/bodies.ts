import { pick, randomFrom, vocabulary, zipfWords } from './words.ts';

/**
 * A command as `POST /v1/commands` takes it; `toRequest` turns it into a request to the command's own route.
 */
export type Command =
  | (TurnBody & { command: 'RecordTurn'; userId: string })
  | (EmotionBody & { command: 'ObserveEmotion'; userId: string })
  | (MemoryBody & { command: 'FormMemory'; userId: string })
  | (ProfileBody & { command: 'ChangeProfile'; userId: string });

export interface TurnBody {
  sessionId: string;
  userMessage: string;
  assistantMessage: string;
  emotion?: { label: string; intensity: number; confidence: number; triggers?: string[] };
  topics?: string[];
  occurredAt?: string;
}
export interface EmotionBody {
  emotion: string;
  intensity: number;
  confidence: number;
  triggers?: string[];
  occurredAt?: string;
}
export interface MemoryBody {
  type: string;
  content: string;
  context?: string;
  confidence?: number;
  importance: number;
  occurredAt?: string;
}
export interface ProfileBody {
  empathyLevel?: number;
  humorLevel?: number;
  verbosityLevel?: number;
  preferredTone?: string;
  interests?: string[];
}

/** What a load generator sends, without the idempotency key. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: string;
}

export type CommandName = Command['command'];

export const USERS = 1_000;
const EMOTIONS = ['joy', 'sadness', 'anger', 'fear', 'surprise', 'love', 'neutral'];
const MEMORY_TYPES = ['preference', 'pattern', 'fact', 'conversation', 'emotional'];
const TONES = ['friendly', 'professional', 'casual'];
/** Sentences from which the service learns a preference; 3 % of the messages begin with one. */
const PREFERENCES = [
  'I love hiking',
  'keep it brief',
  "I'm interested in astronomy",
  'less jokes',
  'I like emojis',
];

/** The id of the user with this number, 0 to 999. */
export function userName(number: number): string {
  return `user-${String(number).padStart(4, '0')}`;
}

/** Makes realistic commands; the same seed gives the same commands. */
export class CommandMaker {
  private readonly random: () => number;
  private readonly word: () => string;

  constructor(seed: number, vocabularySize = 5_000) {
    this.random = randomFrom(seed);
    this.word = zipfWords(vocabulary(vocabularySize), this.random);
  }

  /** 60 % turns with emotion and topics, 20 % emotions, 10 % memories, 10 % profile changes. */
  mixed(): Command {
    const draw = this.random();
    if (draw < 0.6) return this.make('RecordTurn');
    if (draw < 0.8) return this.make('ObserveEmotion');
    return this.make(draw < 0.9 ? 'FormMemory' : 'ChangeProfile');
  }

  make(command: CommandName, userId = userName(Math.floor(this.random() * USERS))): Command {
    switch (command) {
      case 'RecordTurn':
        return { command, userId, ...this.turn() };
      case 'ObserveEmotion':
        return { command, userId, ...this.emotion() };
      case 'FormMemory':
        return { command, userId, ...this.memory(8 + Math.floor(this.random() * 20)) };
      case 'ChangeProfile':
      default:
        return { command, userId, ...this.profile() };
    }
  }

  memory(words: number): MemoryBody {
    return {
      type: pick(MEMORY_TYPES, this.random),
      content: this.words(words),
      importance: this.fraction(),
      ...(this.random() < 0.3 ? { context: this.words(6) } : {}),
    };
  }

  words(count: number): string {
    return Array.from({ length: count }, this.word).join(' ');
  }

  /** A question of 3 to 6 words from the same vocabulary as the memories. */
  question(): string {
    return this.words(3 + Math.floor(this.random() * 4));
  }

  private turn(): TurnBody {
    const turn: TurnBody = {
      sessionId: `session-${1 + Math.floor(this.random() * 3)}`,
      userMessage: this.message(),
      assistantMessage: this.message(),
      emotion: {
        label: pick(EMOTIONS, this.random),
        intensity: this.fraction(),
        confidence: this.fraction(),
        ...this.triggers(0.4),
      },
    };
    if (this.random() < 0.7) turn.topics = this.names(1 + Math.floor(this.random() * 3));
    return turn;
  }

  private emotion(): EmotionBody {
    return {
      emotion: pick(EMOTIONS, this.random),
      intensity: this.fraction(),
      confidence: this.fraction(),
      ...this.triggers(0.5),
    };
  }

  private profile(): ProfileBody {
    const draw = this.random();
    if (draw < 0.4) return { empathyLevel: Math.floor(this.random() * 101) };
    if (draw < 0.7) return { humorLevel: this.level(), verbosityLevel: this.level() };
    if (draw < 0.9) return { preferredTone: pick(TONES, this.random) };
    return { interests: this.names(3) };
  }

  /** A text of 40 to 200 characters. */
  private message(): string {
    const length = 40 + Math.floor(this.random() * 161);
    let text = this.random() < 0.03 ? pick(PREFERENCES, this.random) : this.word();
    while (text.length < length) text += ` ${this.word()}`;
    return text.slice(0, length).trimEnd();
  }

  private triggers(share: number): { triggers?: string[] } {
    return this.random() < share ? { triggers: this.names(1 + Math.floor(this.random() * 2)) } : {};
  }

  private names(count: number): string[] {
    return [...new Set(Array.from({ length: count }, this.word))];
  }

  private fraction(): number {
    return Math.round(this.random() * 100) / 100;
  }

  private level(): number {
    return Math.floor(this.random() * 101);
  }
}

/** The request to a command's own route. */
export function toRequest(command: Command): HttpRequest {
  const { command: name, userId, ...body } = command;
  const user = `/v1/users/${userId}`;
  const json = JSON.stringify(body);
  switch (name) {
    case 'RecordTurn':
      return { method: 'POST', path: `${user}/turns`, body: json };
    case 'ObserveEmotion':
      return { method: 'POST', path: `${user}/emotions`, body: json };
    case 'FormMemory':
      return { method: 'POST', path: `${user}/memories`, body: json };
    case 'ChangeProfile':
    default:
      return { method: 'PATCH', path: `${user}/profile`, body: json };
  }
}
