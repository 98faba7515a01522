import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import compress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * A browser keeps the files and asks each time whether they have changed: an upgrade is never half loaded.
 */
const REVALIDATED = 'no-cache';

/** The files of the chart library that the page loads; nothing else of its package is served. */
const CHART_FILES = new Set(['/uPlot.iife.min.js', '/uPlot.min.css']);

/** Serves the page at `/`; its modules, styles and chart library are below `/page/`. They need no build. */
export function servePage(instance: FastifyInstance): void {
  void instance.register(async (page) => {
    // In a scope of its own, so that no answer of the API is compressed here; errors are answered as by the
    // API.
    page.setErrorHandler((error, request, reply) => instance.errorHandler(error, request, reply));
    await page.register(compress, { encodings: ['br', 'gzip'] });
    page.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode < 400) reply.header('cache-control', REVALIDATED);
    });
    await page.register(fastifyStatic, {
      root: dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.iife.min.js')),
      prefix: '/page/uplot/',
      allowedPath: (path) => CHART_FILES.has(path),
      cacheControl: false,
      decorateReply: false,
    });
    await page.register(fastifyStatic, {
      root: pageFolder(import.meta.dirname),
      prefix: '/page/',
      cacheControl: false,
    });
    page.get('/', (_request, reply) => reply.sendFile('index.html'));
  });
}

/** Finds the folder beside package.json: the source and the built code are at different depths below it. */
function pageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? join(folder, 'page') : pageFolder(join(folder, '..'));
}
