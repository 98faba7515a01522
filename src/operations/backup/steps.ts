import type { StepTime } from './manifest.js';

/** Notes how long each part of a long piece of work takes. */
export class Steps {
  readonly times: StepTime[] = [];
  private readonly started = performance.now();

  constructor(private readonly begins: (step: string) => void = () => undefined) {}

  async run<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    this.begins(step);
    const started = performance.now();
    const result = await work();
    this.times.push({ step, ms: Math.round(performance.now() - started) });
    return result;
  }

  /** Since the first step began. */
  get ms(): number {
    return Math.round(performance.now() - this.started);
  }
}
