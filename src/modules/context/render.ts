import { hash } from 'node:crypto';
import type { UsedMemory } from '../../events/context/context-used.event.js';
import type { ContextFormat } from './context-format.js';
import { fitSections, type Budget, type KeptSection } from './fit-sections.js';
import type { ContextPolicy } from './policy/context-policy.js';
import type { Role, Section } from './sections.js';
import type { Tokenizer } from './tokenizer.js';
import type { Wording } from './wording.js';

/**
 * What a message costs beside its text, and an answer that is to follow: OpenAI's count for its chat models.
 */
const MESSAGE_TOKENS = 4;
const ANSWER_TOKENS = 3;

/** Stands between two texts. */
const BETWEEN = '\n\n';

/** A message of the OpenAI Chat Completions API, or of the Anthropic Messages API, which has no `system`. */
export interface ChatMessage {
  role: Role | 'system';
  content: string;
}

/** A section with its text. */
export interface RenderedSection {
  name: Section['name'];
  text: string;
  tokens: number;
  leftOut: number;
}

/** A context in one of the formats. */
export interface Rendered {
  tokens: number;
  /** SHA-256 of all its texts, with an empty line between them: 64 hex digits. */
  sha256: string;
  memories: UsedMemory[];
  /** Every text of it, in order. */
  texts: readonly string[];
  sections: RenderedSection[];
  /** The same as messages; only in the formats that have them. */
  system: string;
  messages: ChatMessage[];
}

/** What is rendered, how, and with how many tokens at most. */
export interface Rendering {
  sections: readonly Section[];
  wording: Wording;
  policy: ContextPolicy;
  tokenizer: Pick<Tokenizer, 'count' | 'cut'>;
  format: ContextFormat;
  maxTokens: number;
}

/**
 * Renders the sections with at most `maxTokens` tokens. Throws InvalidInput for a budget below the floors.
 */
export function render(rendering: Rendering): Rendered {
  let kept = fitSections(rendering.sections, budgetOf(rendering));
  for (;;) {
    const rendered = renderKept(kept, rendering);
    if (rendered.tokens <= rendering.maxTokens) return rendered;
    // Texts side by side may have a token more than each of them alone.
    kept = withoutWeakest(kept);
  }
}

function budgetOf({ policy, tokenizer, format, maxTokens }: Rendering): Budget {
  const asMessages = hasMessages(format);
  return {
    maxTokens,
    // The system prompt is a message, too.
    frame: asMessages ? MESSAGE_TOKENS + ANSWER_TOKENS : 0,
    sections: policy.sections,
    counter: tokenizer,
    titleTokens: (section) => (asMessages && isChat(section) ? 0 : tokenizer.count(`${headOf(section)}\n\n`)),
    partTokens: ({ lead, role }) => (asMessages && role ? MESSAGE_TOKENS : tokenizer.count(`${lead}\n`)),
  };
}

function renderKept(kept: readonly KeptSection[], rendering: Rendering): Rendered {
  const { tokenizer, format, wording } = rendering;
  const shown = kept.filter(({ items }) => items.length > 0);
  const memories = kept.flatMap(({ items }) => items.flatMap(({ memory }) => memory ?? []));
  if (!hasMessages(format)) {
    const { sections, text, tokens } = joined(shown, tokenizer);
    const texts = [text];
    return { tokens, sha256: hashOf(texts), memories, texts, sections, system: '', messages: [] };
  }
  const prompt = joined(
    shown.filter((section) => !isChat(section)),
    tokenizer,
  );
  const system = prompt.text;
  const chat = messagesOf(shown.filter(isChat));
  const turns = format === 'anthropic' ? alternating(chat, wording.say('beginning')) : chat;
  const messages: ChatMessage[] =
    format === 'openai' ? [{ role: 'system', content: system }, ...turns] : turns;
  const texts = [system, ...turns.map(({ content }) => content)];
  const beside = MESSAGE_TOKENS * texts.length + ANSWER_TOKENS;
  const tokens = turns.reduce((sum, { content }) => sum + tokenizer.count(content), prompt.tokens + beside);
  return { tokens, sha256: hashOf(texts), memories, texts, sections: prompt.sections, system, messages };
}

/**
 * The sections as one text. A section is counted with the empty line after it: as the next one begins with
 * "#", no token goes across, so that the sum is exact, and what has not changed since the last context is
 * known.
 */
function joined(
  shown: readonly KeptSection[],
  tokenizer: Pick<Tokenizer, 'count'>,
): { sections: RenderedSection[]; text: string; tokens: number } {
  const sections = shown.map((section, i) => {
    const text = textOf(section);
    const tokens = tokenizer.count(i < shown.length - 1 ? text + BETWEEN : text);
    return { name: section.name, text, tokens, leftOut: section.leftOut };
  });
  const tokens = sections.reduce((sum, section) => sum + section.tokens, 0);
  return { sections, text: sections.map(({ text }) => text).join(BETWEEN), tokens };
}

function hashOf(texts: readonly string[]): string {
  return hash('sha256', texts.join(BETWEEN));
}

export function hasMessages(format: ContextFormat): boolean {
  return format === 'openai' || format === 'anthropic';
}

/** Whether the section is made of messages. */
function isChat({ items }: Section): boolean {
  return items.some(({ parts }) => parts.some(({ role }) => role !== undefined));
}

function headOf({ title, note }: Section): string {
  return note === '' ? `# ${title}` : `# ${title}\n${note}`;
}

function textOf(section: Section): string {
  const lines = inPlace(section).flatMap(({ parts }) =>
    parts.map(({ lead, text }) => lead + text.replaceAll(/\s*\n\s*/g, '\n  ')),
  );
  return [headOf(section), ...lines].join('\n');
}

function messagesOf(sections: readonly Section[]): ChatMessage[] {
  return sections.flatMap((section) =>
    inPlace(section).flatMap(({ parts }) =>
      parts.map(({ role = 'user', text }) => ({ role, content: text })),
    ),
  );
}

function inPlace({ items }: Section): Section['items'] {
  return items.toSorted((a, b) => a.place - b.place);
}

/** The Messages API wants the user to begin; messages of one side that follow each other become one. */
function alternating(messages: readonly ChatMessage[], beginning: string): ChatMessage[] {
  const result: ChatMessage[] =
    messages[0]?.role === 'assistant' ? [{ role: 'user', content: beginning }] : [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last?.role === message.role) last.content += `\n\n${message.content}`;
    else result.push({ ...message });
  }
  return result;
}

/** Leaves out the last item of the section with the most items. */
function withoutWeakest(kept: readonly KeptSection[]): KeptSection[] {
  const most = kept.reduce((a, b) => (b.items.length > a.items.length ? b : a));
  return kept.map((section) =>
    section === most
      ? { ...section, items: section.items.slice(0, -1), leftOut: section.leftOut + 1 }
      : section,
  );
}
