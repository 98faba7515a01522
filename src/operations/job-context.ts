/** Called now and then with how far a long piece of work is; `total` may grow while it runs. */
export type Progress = (done: number, total: number) => void;

/** How the caller of a long piece of work follows it, and ends it early. */
export interface JobContext {
  progress?: Progress | undefined;
  /** Aborted, the work rejects soon and leaves nothing half-written. */
  signal?: AbortSignal | undefined;
}
