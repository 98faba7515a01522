/** Below this many transitions the measures mislead (Bosch and Paquette 2021). */
export const MIN_TRANSITIONS = 50;

export interface Transition {
  from: string;
  to: string;
  count: number;
  /** P(to | from): of all transitions from that state. */
  probability: number;
  /**
   * D'Mello's L: (P(to | from) - P(to)) / (1 - P(to)), where P(to) is the share of all transitions that lead
   * there; 0 for chance. Null where every transition leads there.
   */
  likelihood: number | null;
}

/** Counts which state follows which within a session, a state that follows itself included. */
export class Transitions {
  total = 0;
  private readonly counts = new Map<string, Map<string, number>>();

  addSession(states: readonly string[]): void {
    states.forEach((to, i) => {
      const from = states[i - 1];
      if (from === undefined) return;
      let row = this.counts.get(from);
      if (!row) this.counts.set(from, (row = new Map()));
      row.set(to, (row.get(to) ?? 0) + 1);
      this.total += 1;
    });
  }

  /** The number of different transitions. */
  get size(): number {
    let size = 0;
    for (const row of this.counts.values()) size += row.size;
    return size;
  }

  /** The transitions that occurred, by their two states. */
  items(): Transition[] {
    const reached = new Map<string, number>();
    for (const row of this.counts.values()) {
      for (const [to, count] of row) reached.set(to, (reached.get(to) ?? 0) + count);
    }
    const items = [...this.counts].flatMap(([from, row]) => {
      const left = [...row.values()].reduce((sum, count) => sum + count, 0);
      return [...row].map(([to, count]) => {
        const rest = this.total - (reached.get(to) ?? 0);
        const likelihood = rest === 0 ? null : (count / left - 1) * (this.total / rest) + 1;
        return { from, to, count, probability: count / left, likelihood };
      });
    });
    return items.toSorted((a, b) => order(a.from, b.from) || order(a.to, b.to));
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
