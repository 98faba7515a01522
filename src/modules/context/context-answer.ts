import type { ContextAnswer, ReceiptAnswer } from './context.dto.js';
import type { Context } from './queries/get-context.query.js';
import type { ContextParameters } from './receipt.js';
import { TOKENIZER } from './tokenizer.js';

/** A context as HTTP answers it: an object, or the text itself. */
export function contextAnswer(
  context: Context,
  { format, maxTokens }: ContextParameters,
  policyVersion: string,
): ContextAnswer | string {
  if (format === 'text') return context.texts[0] ?? '';
  const receipt = receiptAnswer(context, policyVersion);
  const common = { receipt, tokenizer: TOKENIZER, maxTokens };
  if (format === 'json') return { ...common, sections: context.sections };
  if (format === 'openai') return { ...common, messages: context.messages };
  return { ...common, system: context.system, messages: context.messages };
}

export function receiptAnswer(context: Context, policyVersion: string): ReceiptAnswer {
  const { receiptId, position, memories, tokens, sha256 } = context;
  return { receiptId, position, policyVersion, memories, tokens, sha256 };
}
