import { mean, quantile } from 'simple-statistics';
import type { History, Question } from './histories.ts';

/** How many of the first memories found are looked at. */
export const CUTS = [5, 10, 20] as const;

/** The answer to a question: ids of memories, best first, and how long it took, ms. */
export interface Answered {
  history: History;
  question: Question;
  found: readonly string[];
  ms: number;
  /** Processor time of the service, ms: the average over the questions of the history. */
  cpuMs?: number;
}

/** Shares are 0..1, times ms. */
export interface Measures {
  questions: number;
  /** The mean share of the wanted memories among the first so many, as in `CUTS`. */
  recall: readonly number[];
  /** The mean of 1 / place of the first wanted memory; 0 if it is not found. */
  mrr: number;
  p50: number;
  p99: number;
  /** Undefined for what has no process of its own. */
  cpuMs: number | undefined;
}

/** Measures the answers; there must be some. */
export function measures(answers: readonly Answered[]): Measures {
  const times = answers.map(({ ms }) => ms);
  const cpu = answers.flatMap(({ cpuMs }) => cpuMs ?? []);
  return {
    questions: answers.length,
    recall: CUTS.map((cut) => mean(answers.map((answer) => recallAt(answer, cut)))),
    mrr: mean(answers.map(reciprocalRank)),
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpuMs: cpu.length === 0 ? undefined : mean(cpu),
  };
}

function recallAt({ found, question }: Answered, cut: number): number {
  return found.slice(0, cut).filter((id) => question.wanted.has(id)).length / question.wanted.size;
}

function reciprocalRank({ found, question }: Answered): number {
  return 1 / (1 + found.findIndex((id) => question.wanted.has(id)) || Infinity);
}
