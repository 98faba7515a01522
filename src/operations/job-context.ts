/** Told now and then how far a long piece of work is; `total` may grow while it runs. */
export type Progress = (done: number, total: number) => void;

/** How whoever started a long piece of work follows it, and ends it early. */
export interface Watched {
  progress?: Progress | undefined;
  /** Aborted, the work rejects soon and leaves nothing half-written. */
  signal?: AbortSignal | undefined;
}
