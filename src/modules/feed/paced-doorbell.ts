import { Doorbell } from '../../events/log/doorbell.js';

/**
 * A doorbell that rings with another one, at once after a pause, but at most once in `pauseMs`: while commits
 * follow each other, those who follow the log read several of them as one page, all at the same time.
 */
export class PacedDoorbell extends Doorbell {
  private latest = 0;
  private pause: NodeJS.Timeout | undefined;

  constructor(
    source: Doorbell,
    private readonly pauseMs: number,
  ) {
    super();
    this.ring(source.position);
    source.onRing((position) => {
      this.latest = position;
      if (!this.pause) this.pass();
    });
  }

  private pass(): void {
    this.pause = undefined;
    if (this.latest <= this.position) return;
    this.pause = setTimeout(() => this.pass(), this.pauseMs).unref();
    this.ring(this.latest);
  }
}
