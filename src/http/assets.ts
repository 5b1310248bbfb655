import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import express, { type Router } from 'express';
import { type KeptPage, keepAnswer } from '../cache/kept-page.ts';
import { sendKeptPage } from '../cache/send-kept-page.ts';

const folder = join(import.meta.dirname, '..', '..', 'public');

/** The files that pages ask for, under an address that changes with their content and can be kept for ever. */
export interface Assets {
  /** Path of the folder, `/assets/<fingerprint>`, without a trailing slash. */
  readonly path: string;
  readonly router: Router;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads `public/` once: the stylesheets, one per component, are joined into `site.css` in the order of their names. */
export function loadAssets(): Assets {
  const files = readFolder();
  const fingerprint = createHash('sha256');
  for (const [name, content] of files) fingerprint.update(name).update(content);
  const path = `/assets/${fingerprint.digest('base64url').slice(0, 12)}`;

  const kept = new Map<string, KeptPage>();
  for (const [name, body] of files) {
    const headers = {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': types[extname(name)] ?? 'application/octet-stream',
      etag: `W/"${path}"`,
    };
    kept.set(`${path}/${name}`, keepAnswer({ status: 200, headers, body }));
  }
  const router = express.Router();
  router.get(`${path}/*name`, (request, response, next) => {
    const file = kept.get(request.path);
    if (!file) return next();
    sendKeptPage(file, request.get('if-none-match'), request, response);
  });
  return { path, router };
}

function readFolder(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const styles: Buffer[] = [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const places = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const place of places) {
    const content = readFileSync(place);
    if (extname(place) === '.css') styles.push(content, Buffer.from('\n'));
    else files.set(relative(folder, place), content);
  }
  return files.set('site.css', Buffer.concat(styles));
}
