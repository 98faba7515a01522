import type { FoldEventOf } from '../events/event-catalog.js';
import { label, labels } from '../events/labels.js';

/**
 * Returns the event with the normal forms of its labels, which events of earlier releases may not have: the
 * same emotion must not be kept in two rows.
 */
export function withNormalLabels(event: FoldEventOf<'emotion.observed'>): FoldEventOf<'emotion.observed'> {
  const { emotion, triggers } = event.data;
  const isNormal = emotion === label(emotion) && triggers.every((trigger) => trigger === label(trigger));
  if (isNormal) return event;
  return { ...event, data: { ...event.data, emotion: label(emotion), triggers: labels(triggers) } };
}
