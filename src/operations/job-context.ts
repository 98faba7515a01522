/** Called from time to time with the progress of a job; `total` may grow while the job runs. */
export type Progress = (done: number, total: number) => void;

/** How the caller of a job follows its progress and cancels it. */
export interface JobContext {
  progress?: Progress | undefined;
  /** When aborted, the job rejects soon and leaves nothing half-written. */
  signal?: AbortSignal | undefined;
}
