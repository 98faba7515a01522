import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** Paths whose answers are data; any other may be a page, or a part of one. */
const DATA = /^\/(v1|api|health|metrics)\b/;

/** The documentation: Swagger UI writes its styles into the page. */
const DOCS = /^\/docs\b/;

const NOTHING_BUT_OWN = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

const PAGE = {
  ...NOTHING_BUT_OWN,
  // Text never becomes markup or code, whatever a user has written.
  requireTrustedTypesFor: ["'script'"],
  trustedTypes: ["'none'"],
};

const DOCUMENTATION = {
  ...NOTHING_BUT_OWN,
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
};

/** What helps no browser of today, or takes from the answers to chats more than it gives. */
const LEFT_OUT = {
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/**
 * Returns which headers protect an answer in a browser, by its URL. They are made once: an answer to a chat
 * takes less time than making them.
 */
export function protectiveHeaders(isTls: boolean): (url: string) => OutgoingHttpHeaders {
  // Without TLS a browser ignores it; behind a proxy that speaks TLS, the proxy sends it.
  const common = { ...LEFT_OUT, strictTransportSecurity: isTls };
  const pageOf = (directives: Record<string, string[]>): OutgoingHttpHeaders =>
    headersOf({
      ...common,
      contentSecurityPolicy: { useDefaults: false, directives },
      // The page and the documentation are the same for everybody.
      crossOriginResourcePolicy: false,
      xFrameOptions: { action: 'deny' },
    });
  const data = headersOf({
    ...common,
    contentSecurityPolicy: false,
    crossOriginOpenerPolicy: false,
    referrerPolicy: false,
    xFrameOptions: false,
  });
  const [page, documentation] = [pageOf(PAGE), pageOf(DOCUMENTATION)];
  return (url) => {
    if (DATA.test(url)) return data;
    return DOCS.test(url) ? documentation : page;
  };
}

function headersOf(options: HelmetOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error) throw error as Error;
  });
  return { ...response.getHeaders() };
}
