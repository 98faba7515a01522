import type { ContextAnswer, ReceiptAnswer } from './context.dto.js';
import type { Context } from './queries/get-context.query.js';
import type { ContextParameters } from './receipt.js';
import { TOKENIZER } from './tokenizer.js';

/** A context as HTTP answers it: an object, or the text itself. */
export function contextAnswer(
  context: Context,
  { userId, format, maxTokens }: ContextParameters & { userId: string },
  policyVersion: string,
): ContextAnswer | string {
  const [text = ''] = context.texts;
  if (format === 'text') return text;
  const receipt = receiptAnswer(context, policyVersion);
  const common = { userId, position: context.position, receipt, tokenizer: TOKENIZER, maxTokens };
  if (format === 'json') return { ...common, sections: context.sections, text };
  if (format === 'openai') return { ...common, messages: context.messages };
  return { ...common, system: context.system, messages: context.messages };
}

export function receiptAnswer(context: Context, policyVersion: string): ReceiptAnswer {
  const { receiptId, position, memories, tokens, sha256 } = context;
  return { receiptId, position, policyVersion, memories, tokens, sha256 };
}
