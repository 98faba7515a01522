import { whyOf } from '../../../why.js';
import type { Command } from '../commands.js';

/** A question in natural language and the memories that answer it. */
export interface Question {
  question: string;
  answer?: string;
  /**
   * How a right hit is recognised: by memory id, by the turn in its metadata, or by the session in its
   * context.
   */
  evidence: { by: 'memory' | 'turn' | 'session'; ids: string[] };
  /** Whether it counts towards the measured recall. */
  measured: boolean;
}

/** The sections of the report; a script names those that it has data for. */
export type Section = 'profile' | 'emotions' | 'answers' | 'window';

/**
 * One user of a script: the commands in the order in which they happened, and the questions to ask
 * afterwards.
 */
export interface ScriptUser {
  userId: string;
  about?: string;
  commands: Command[];
  questions: Question[];
}

/** Everything that a demonstration sends and then asks. */
export interface Script {
  title: string;
  /** `single` sends each command on its own route, `batch` many at once. */
  mode: 'single' | 'batch';
  sections: Section[];
  users: ScriptUser[];
}

/** A value of a file with its line number, for error messages. */
export interface Numbered<T> {
  line: number;
  value: T;
}

/** A failure that the demo can explain in one sentence; anything else is a bug and shows its stack. */
export class DemoError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 130,
  ) {
    super(message);
  }

  static badFile(file: string, line: number, what: string): DemoError {
    return new DemoError(`${file}, line ${line}: ${what}`, 2);
  }

  static unreadable(file: string, cause: unknown): DemoError {
    const why = whyOf(cause);
    return new DemoError(`${file} cannot be read: ${why}`, 2);
  }

  static service(message: string): DemoError {
    return new DemoError(message, 1);
  }

  static interrupted(): DemoError {
    return new DemoError('interrupted', 130);
  }
}
