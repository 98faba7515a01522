import cliProgress from 'cli-progress';
import { StoreError } from '../../errors.js';
import type { Progress } from '../../operations/job-context.js';
import { whyOf } from '../../why.js';
import { progressText } from './texts.js';

/** The output of a command: its result on stdout, everything else on stderr. */
export class Terminal {
  private bar: cliProgress.SingleBar | undefined;
  /** Set while stdout carries exported lines, which nothing else may join. */
  hasStdoutTaken = false;

  constructor(private readonly json: boolean) {}

  /** Prints the result: `value` as JSON with `--json`, otherwise `lines`. */
  result(value: object, lines: readonly string[]): void {
    this.close();
    console.log(this.json ? JSON.stringify(value, null, 2) : lines.join('\n'));
  }

  /**
   * A progress bar with the time left, and the rate of countable units; none with `--json`, or where stderr
   * is not a terminal.
   */
  progress(label: string, unit?: 'events' | 'rows' | 'files' | 'bytes'): Progress {
    if (this.json || !process.stderr.isTTY) return () => undefined;
    this.close();
    const started = performance.now();
    const bar = new cliProgress.SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
      emptyOnZero: true,
      format: `${label} {bar} {percentage} %{text}`,
    });
    this.bar = bar;
    bar.start(0, 0, { text: '' });
    return (done, total) => {
      bar.setTotal(total);
      bar.update(done, { text: progressText({ done, total, ms: performance.now() - started }, unit) });
    };
  }

  /** Prints the error as one sentence, and a line for each further invalid field; with `--json` as JSON. */
  failed(error: unknown, places: readonly string[] = []): void {
    this.close();
    const message = whyOf(error);
    if (this.json) {
      const code = error instanceof StoreError ? error.code : 'failed';
      const text = JSON.stringify(
        { error: { code, message, ...(places.length > 0 && { places }) } },
        null,
        2,
      );
      if (this.hasStdoutTaken) console.error(text);
      else console.log(text);
      return;
    }
    console.error(message);
    for (const place of places) console.error(`  ${place}`);
    if (!(error instanceof StoreError)) return;
    for (const { path, message: what } of (error.errors ?? []).slice(1)) console.error(`  ${path}: ${what}`);
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
