import cliProgress from 'cli-progress';

/** How far a long piece of work is. */
export interface Progress {
  advance(by?: number): void;
  stop(): void;
}

/** A bar on stderr, so that stdout stays clean for the report; nothing at all where stderr is not a terminal. */
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
