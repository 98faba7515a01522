import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsId, IsText, Optional } from '../../validation/fields.js';
import { UserReadQuery } from '../user-read.dto.js';
import { CONTEXT_FORMATS, type ContextFormat } from './context-format.js';
import type { SectionName } from './policy/context-policy.js';

/** What a prompt's context is made for. */
export class ContextQuery extends UserReadQuery {
  /**
   * The message to be answered, or a question: the memories that match it best are chosen. Left out or empty,
   * the important and the newest ones are. It does not become a part of the context.
   */
  @Optional()
  @IsText(0, 8_000)
  q?: string;

  /**
   * The session whose last turns are included; the current one when left out. For one that has not begun, the
   * context says what the last conversation was about.
   */
  @Optional()
  @IsId()
  sessionId?: string;

  /** Most tokens of the context; 1500 when left out, and at least the sum of the floors of the policy. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(32_000)
  maxTokens?: number;

  /**
   * `json` (sections), `text`, or the messages of a request to the OpenAI Chat Completions API or the Anthropic
   * Messages API, to which the new message of the user is added; `json` when left out.
   */
  @Optional()
  @IsIn(CONTEXT_FORMATS)
  format?: ContextFormat;
}

/** How a receipt is answered. */
export class ReceiptQuery {
  /** `receipt` leaves out the context itself, in any format. */
  @Optional()
  @IsIn(['receipt'])
  only?: 'receipt';
}

/** A memory in a context. */
export class ContextMemoryAnswer {
  memoryId: string;
  /** The score of the search; 0 for a memory that the question did not find. */
  score: number;
}

/** What a context was made of. */
export class ReceiptAnswer {
  /** Says all that is needed to render the context again; opaque. */
  receiptId: string;
  /** The context holds the events up to this position, and none after it. */
  position: number;
  /** Names the sections, shares and words that it was made with. */
  policyVersion: string;
  /** In the order of their importance. */
  memories: ContextMemoryAnswer[];
  tokens: number;
  /** SHA-256 of all texts of the context, in UTF-8, with an empty line between them: 64 hex digits. */
  sha256: string;
}

/** A section of a context. */
export class ContextSectionAnswer {
  name: SectionName;
  text: string;
  tokens: number;
  /** How many sentences, memories or turns found no room. */
  leftOut: number;
}

/** A message of the OpenAI Chat Completions API or the Anthropic Messages API. */
export class ChatMessageAnswer {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A prompt's context. Which of the last four fields it has depends on the format. */
export class ContextAnswer {
  userId: string;
  /** As in the receipt. */
  position: number;
  receipt: ReceiptAnswer;
  /** Library, version and encoding that counted the tokens. */
  tokenizer: string;
  maxTokens: number;
  /** Of `json`. */
  sections?: ContextSectionAnswer[];
  /** Of `json`: all sections as one text, what `format=text` answers. */
  text?: string;
  /** Of `anthropic`: the system prompt. */
  system?: string;
  /** Of `openai` and `anthropic`. */
  messages?: ChatMessageAnswer[];
}

/** The answer to a context that was tied to a turn. */
export class ContextUsedAnswer {
  receiptId: string;
  turnId: string;
  position: number;
}

/** A turn for which a memory was put before the model. */
export class MemoryUseAnswer {
  receiptId: string;
  turnId: string;
  score: number;
  at: string;
  position: number;
}

/** A page of the uses of a memory, newest first. */
export class MemoryUsePageAnswer {
  items: MemoryUseAnswer[];
  nextCursor: string | null;
}
