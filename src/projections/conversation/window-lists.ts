import { label, spellings } from '../../events/labels.js';
import { lastOf } from '../projection.js';

/** The slot that holds a turn's text, and the turn's order time, ms UTC; listed in recording order. */
export type WindowSlot = [slot: number, at: number];
/** A topic, and the order time of its last mention, ms UTC. */
export type WindowTopic = [topic: string, at: number];
/**
 * An emotion, its intensity (0..1) and its order time, ms UTC. Of an imported emotion the intensity is not
 * known, and the time is that of the last activity.
 */
export type WindowEmotion = [emotion: string, intensity: number | null, at: number];

/** Topics whose labels are equal are one topic, which keeps the spelling of its first mention. */
export function withTopics(
  known: readonly WindowTopic[],
  spelled: readonly string[],
  at: number,
  count: number,
): WindowTopic[] {
  if (spelled.length === 0) return [...known];
  const topics = [...known];
  for (const topic of spellings(spelled)) {
    const same = label(topic);
    const place = topics.findIndex(([spelling]) => label(spelling) === same);
    const [spelling, mentionedAt] = (place < 0 ? undefined : topics.splice(place, 1)[0]) ?? [topic, at];
    topics.push([spelling, Math.max(at, mentionedAt)]);
  }
  return lastOf(topics, count, (a, b) => a[1] - b[1]);
}

/** Returns the last emotions in the order of their times; equal times keep their order. */
export function lastEmotions(emotions: readonly WindowEmotion[], count: number): WindowEmotion[] {
  return lastOf(emotions, count, (a, b) => a[2] - b[2]);
}
