import { Injectable } from '@nestjs/common';

/** Size at which a JSON page ends, in bytes of text. */
export const MAX_JSON_PAGE_BYTES = 8 * 1024 * 1024;
/** Bytes that all JSON pages together may hold until their clients have received them. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** The memory of one JSON page. */
export interface PageLease {
  /** Takes memory for another part; false when the page must end before it. */
  take(bytes: number): boolean;
  /** Gives all of it back, once the page is sent or its client is gone. */
  release(): void;
}

/**
 * Shares the memory for JSON pages among the requests. A page may always have one part, so that every client
 * progresses; it ends early, not with an error, when others hold the rest.
 */
@Injectable()
export class PageMemory {
  private held = 0;

  lease(): PageLease {
    let own = 0;
    return {
      take: (bytes) => {
        const fits = own + bytes <= MAX_JSON_PAGE_BYTES && this.held + bytes <= MAX_HELD_BYTES;
        if (own > 0 && !fits) return false;
        own += bytes;
        this.held += bytes;
        return true;
      },
      release: () => {
        this.held -= own;
        own = 0;
      },
    };
  }
}
