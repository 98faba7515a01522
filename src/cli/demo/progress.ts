import cliProgress from 'cli-progress';

/** A progress bar. */
export interface Progress {
  advance(by?: number): void;
  stop(): void;
}

/** Starts a bar on stderr, because stdout is for the report; none where stderr is not a terminal. */
export function startProgress(label: string, total: number, unit: string): Progress {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 36,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: `${label.padEnd(10)} {bar} {percentage} % | {value}/{total} ${unit}`,
  });
  bar.start(total, 0);
  return { advance: (by = 1) => bar.increment(by), stop: () => bar.stop() };
}
