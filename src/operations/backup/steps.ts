import type { StepTime } from './manifest.js';

/** Measures how long each step of a job takes. */
export class Steps {
  readonly times: StepTime[] = [];
  private readonly started = performance.now();

  constructor(private readonly onStep: (step: string) => void = () => undefined) {}

  async run<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    this.onStep(step);
    const started = performance.now();
    const result = await work();
    this.times.push({ step, ms: Math.round(performance.now() - started) });
    return result;
  }

  /** Time since construction, in ms. */
  get ms(): number {
    return Math.round(performance.now() - this.started);
  }
}
