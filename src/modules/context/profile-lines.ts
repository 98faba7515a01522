import type { ProfileAnswer } from '../profile/profile.dto.js';
import type { ContextFacts } from './context-facts.js';
import { oneLine, type Wording } from './wording.js';

/** Longest value of a communication pattern, in characters. */
const LONGEST_PATTERN = 120;

/** Who the user is and how to talk with them, the most important first. */
export function profileLines({ profile, active }: ContextFacts, wording: Wording): string[] {
  const lines = [wording.say(profile.name ? 'name' : 'nameless')];
  if (profile.gender === 'male' || profile.gender === 'female') lines[0] += ` ${wording.say(profile.gender)}`;
  lines.push(wording.say('manners', { list: manners(profile, wording).join('; ') }));
  if (profile.interests.length > 0)
    lines.push(wording.say('interests', { list: wording.list(profile.interests) }));
  if (profile.dislikes.length > 0)
    lines.push(wording.say('dislikes', { list: wording.list(profile.dislikes) }));
  lines.push(history(profile, active, wording));
  const patterns = patternsOf(profile.communicationPatterns);
  if (patterns.length > 0) lines.push(wording.say('patterns', { list: wording.list(patterns, '; ') }));
  if (profile.timeZone !== null) lines.push(wording.say('localTime', { zone: profile.timeZone }));
  return lines.filter((line) => line.trim() !== '');
}

function manners(profile: ProfileAnswer, wording: Wording): string[] {
  const list = [
    wording.level('empathyLevel', profile.empathyLevel),
    wording.level('formalityLevel', profile.formalityLevel),
    wording.level('humorLevel', profile.humorLevel),
    wording.level('verbosityLevel', profile.verbosityLevel),
    wording.level('proactivenessLevel', profile.proactivenessLevel),
    wording.say('tone', { tone: oneLine(profile.preferredTone) }),
    wording.say(profile.emojiUsage ? 'emoji' : 'noEmoji'),
  ];
  const { responseStyle } = profile;
  if (responseStyle === 'concise' || responseStyle === 'detailed') list.push(wording.say(responseStyle));
  return list.filter((each) => each !== '');
}

function history(profile: ProfileAnswer, active: ContextFacts['active'], wording: Wording): string {
  const count = profile.totalConversations;
  if (!active || count === 0) return wording.say('newcomer');
  const conversations =
    count === 1 ? wording.say('oneConversation') : wording.say('manyConversations', { count: String(count) });
  const first = wording.date(active.firstActivityAt);
  const last = wording.date(active.lastActivityAt);
  return wording.say('history', { conversations, first, last });
}

/** The patterns that can be said in a few words: numbers, texts and answers to yes or no. */
function patternsOf(patterns: Record<string, unknown>): string[] {
  return Object.entries(patterns)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${String(value)}`)
    .filter((pattern) => pattern.length <= LONGEST_PATTERN)
    .toSorted();
}
