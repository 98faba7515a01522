import { MIN_TRANSITIONS, Transitions } from '../statistics/transitions.js';
import type { Observation } from './observations.js';

/** Different transitions of one answer. */
const MAX_DIFFERENT = 1_000;

/** Which emotion follows which within a session. */
export class MoodTransitions {
  private readonly transitions = new Transitions();

  /** Takes a user's observations, in time order; those without a session do not count. */
  takeUser(observations: readonly Observation[]): void {
    const sessions = new Map<string, string[]>();
    for (const { fact } of observations) {
      if (fact.sessionId === null) continue;
      const emotions = sessions.get(fact.sessionId);
      if (emotions) emotions.push(fact.emotion);
      else sessions.set(fact.sessionId, [fact.emotion]);
    }
    for (const emotions of sessions.values()) this.transitions.addSession(emotions);
  }

  summary(): object {
    const { total, size } = this.transitions;
    if (total < MIN_TRANSITIONS) return withoutItems(total, `fewer than ${MIN_TRANSITIONS} transitions`);
    if (size > MAX_DIFFERENT) return withoutItems(total, `more than ${MAX_DIFFERENT} different transitions`);
    return { transitions: { n: total, items: this.transitions.items() } };
  }
}

function withoutItems(n: number, reason: string): object {
  return { transitions: { n, items: null, reason } };
}
