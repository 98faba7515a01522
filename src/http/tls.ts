import { readFileSync, watchFile, unwatchFile } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { Logger } from '@nestjs/common';
import type { Deadlines } from '../config.js';
import { StartRefused } from '../errors.js';
import { whyOf } from '../why.js';

/** Paths of a certificate with its chain and of its private key, both PEM. */
export interface TlsFiles {
  cert: string;
  key: string;
}

/** How often is looked whether a file has changed, ms: a certificate is renewed days before its end. */
const LOOK_MS = 5_000;

/** Reads the files. Throws StartRefused unless they are a certificate and its key. */
function readTls({ cert, key }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const pair = { cert: readFileSync(cert), key: readFileSync(key) };
    // Throws if they do not belong together.
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    throw new StartRefused(`TLS_CERT ${cert} and TLS_KEY ${key} cannot be used: ${whyOf(cause)}`, { cause });
  }
}

/**
 * The options of Node's HTTPS server, beside those of any HTTP server. Throws StartRefused as `readTls` does.
 */
export function tlsOptions(files: TlsFiles, { headersMs }: Deadlines): TlsOptions {
  return { ...readTls(files), handshakeTimeout: headersMs };
}

/**
 * Takes up a renewed certificate for new connections. While the files do not fit together, as between two
 * writes or with a mistake in them, the old one stays.
 */
export function reloadTls(server: Server, files: TlsFiles): void {
  const logger = new Logger('http');
  const paths = [files.cert, files.key];
  const reload = (): void => {
    try {
      server.setSecureContext(readTls(files));
      logger.warn({ msg: 'a renewed certificate is used', file: files.cert });
    } catch (error) {
      logger.error({ msg: whyOf(error), file: files.cert });
    }
  };
  // Asked for by name each time, so that a symbolic link may be pointed elsewhere, as Kubernetes does.
  for (const path of paths) watchFile(path, { interval: LOOK_MS, persistent: false }, reload);
  server.once('close', () => paths.forEach((path) => unwatchFile(path, reload)));
}
