import type { UsedMemory } from '../../events/context/context-used.event.js';
import type { TurnAnswer } from '../conversation/conversation.dto.js';
import type { ContextFacts, KnownMemory } from './context-facts.js';
import { emotionLines } from './emotion-lines.js';
import { SECTION_NAMES, type ContextPolicy, type SectionName } from './policy/context-policy.js';
import { profileLines } from './profile-lines.js';
import { oneLine, Wording } from './wording.js';

/** Whose message it is. */
export type Role = 'user' | 'assistant';

/** A text that may be cut short, and what stands before it. */
export interface Part {
  lead: string;
  text: string;
  /** Longest text, in tokens. */
  maxTokens: number;
  /** Set if it is a message. */
  role?: Role;
}

/** What is kept or left out as a whole: a sentence, a memory, a turn. */
export interface Item {
  parts: readonly Part[];
  /** The place among those that are kept: the lowest comes first. */
  place: number;
  memory?: UsedMemory;
  /** It says nothing when it is cut short, unless it is all that there is. */
  isSentence?: boolean;
}

/** A section with all that could be said, the most important first. */
export interface Section {
  name: SectionName;
  title: string;
  note: string;
  items: readonly Item[];
}

/** Puts the facts into sections; one without facts is left out. */
export function sectionsOf(
  facts: ContextFacts,
  policy: ContextPolicy,
): { sections: Section[]; wording: Wording } {
  const wording = new Wording(policy, facts.profile);
  const { memoryTokens } = policy.limits;
  const lines = (texts: readonly string[]): Item[] =>
    texts.map((text, place) => ({
      parts: [{ lead: '', text: capitalized(text), maxTokens: memoryTokens }],
      place,
      isSentence: true,
    }));
  const items: Record<SectionName, Item[]> = {
    profile: lines(profileLines(facts, wording)),
    emotions: lines(emotionLines(facts, policy, wording)),
    memories: facts.memories.map((memory) => memoryItem(memory, policy, wording)),
    conversation: conversationItems(facts, policy, wording),
  };
  const last = facts.conversation?.lastActivityAt;
  const date = last === undefined ? undefined : wording.date(Date.parse(last));
  const sections = SECTION_NAMES.filter((name) => items[name].length > 0).map((name) => {
    const { title, note } = policy.sections[name];
    // Without messages, there is no last one.
    const isNoted = name !== 'conversation' || date !== undefined;
    return {
      name,
      title: wording.fill(title),
      note: isNoted ? wording.fill(note, { date: date ?? '' }) : '',
      items: items[name],
    };
  });
  return { sections, wording };
}

function capitalized(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** Memories are shown in the order of their times, whatever their score. */
function memoryItem(known: KnownMemory, { limits }: ContextPolicy, wording: Wording): Item {
  const at = Date.parse(known.occurredAt);
  const content = oneLine(known.content);
  let text = known.context
    ? wording.say('memoryContext', { content, context: oneLine(known.context) })
    : content;
  for (const { content: other, occurredAt } of known.contradictions) {
    const date = wording.date(Date.parse(occurredAt));
    text = wording.say('memoryBut', { content: text, date, other: oneLine(other) });
  }
  const mark = '\u0000';
  const [lead = '', tail = ''] = wording.say('memory', { date: wording.date(at), content: mark }).split(mark);
  return {
    parts: [{ lead, text: text + tail, maxTokens: limits.memoryTokens }],
    place: at,
    memory: { memoryId: known.memoryId, score: known.score },
  };
}

function conversationItems(facts: ContextFacts, policy: ContextPolicy, wording: Wording): Item[] {
  const { conversation, lastConversation } = facts;
  if (conversation) {
    const turns = conversation.turns.slice(-policy.limits.turns);
    return turns
      .map((turn, place) => ({ parts: messagesOf(turn, policy, wording), place }))
      .filter(({ parts }) => parts.length > 0)
      .toReversed();
  }
  if (!lastConversation) return [];
  const date = wording.date(Date.parse(lastConversation.lastActivityAt));
  // The newest topics are the last ones.
  const topics = wording.list(lastConversation.topics.toReversed());
  const text = topics ? wording.say('lastTime', { date, topics }) : wording.say('lastTimeOn', { date });
  return [{ parts: [{ lead: '', text, maxTokens: policy.limits.memoryTokens }], place: 0 }];
}

/** The messages of a turn that say something. */
function messagesOf(turn: TurnAnswer, { limits }: ContextPolicy, wording: Wording): Part[] {
  const message = (role: Role, lead: string, text: string): Part[] =>
    text.trim() === '' ? [] : [{ lead, text: text.trim(), maxTokens: limits.messageTokens, role }];
  return [
    ...message('user', wording.say('userSays'), turn.userMessage),
    ...message('assistant', wording.say('companionSays'), turn.assistantMessage),
  ];
}
