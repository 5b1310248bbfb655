import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Router } from 'express';

const folder = join(import.meta.dirname, '..', '..', 'public');

/** The files that pages ask for, under an address that changes with their content and can be kept for ever. */
export interface Assets {
  /** Path of the folder, `/assets/<fingerprint>`, without a trailing slash. */
  readonly path: string;
  readonly router: Router;
}

/** Reads `public/` once: the stylesheets, one per component, are joined into `site.css` in the order of their names. */
export function loadAssets(): Assets {
  const styles = readdirSync(join(folder, 'css'))
    .sort()
    .map((name) => readFileSync(join(folder, 'css', name), 'utf8'));
  const stylesheet = styles.join('\n');
  const fingerprint = createHash('sha256');
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) fingerprint.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  }
  const path = `/assets/${fingerprint.digest('base64url').slice(0, 12)}`;

  const router = express.Router();
  router.get(`${path}/site.css`, (_request, response) => {
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type('css').send(stylesheet);
  });
  router.use(path, express.static(folder, { immutable: true, maxAge: '1y', index: false, redirect: false }));
  return { path, router };
}
