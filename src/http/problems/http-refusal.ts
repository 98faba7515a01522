import { StoreError, Unavailable } from '../../errors.js';

/** The codes of refusals that are made before a route is reached, with their HTTP statuses. */
const STATUS = {
  'request.cross-origin': 403,
  'request.timeout': 408,
  'body.encoded': 415,
  'expectation.failed': 417,
  'host.not-allowed': 421,
  'headers.too-large': 431,
} as const;

/** The request is refused for what it is as an HTTP message; no route has seen it. */
export class HttpRefusal extends StoreError<keyof typeof STATUS> {
  readonly status: number;

  private constructor(code: keyof typeof STATUS, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.status = STATUS[code];
  }

  static crossOrigin(): HttpRefusal {
    const message = 'Pages of another origin may not change anything here; see ALLOWED_ORIGINS.';
    return new HttpRefusal('request.cross-origin', message);
  }

  static timeout(cause: unknown): HttpRefusal {
    return new HttpRefusal('request.timeout', 'The request did not arrive in time; send it again.', cause);
  }

  static encodedBody(): HttpRefusal {
    return new HttpRefusal('body.encoded', 'Send the body as it is, without a Content-Encoding.');
  }

  static expectation(): HttpRefusal {
    return new HttpRefusal('expectation.failed', 'The only Expect that is known here is 100-continue.');
  }

  static host(): HttpRefusal {
    const message = 'This service does not answer to that name; see ALLOWED_HOSTS.';
    return new HttpRefusal('host.not-allowed', message);
  }

  static headers(cause: unknown): HttpRefusal {
    return new HttpRefusal('headers.too-large', 'The request line and the headers are too large.', cause);
  }
}

/** 503: the bodies of other requests take all the memory that there is for bodies. */
export class NoRoom extends Unavailable {
  static forBody(): NoRoom {
    const message = 'Other large bodies are being received or worked on; retry in a second, or send less.';
    return new NoRoom('service.busy', message);
  }
}
