import type { Express } from 'express';

/** A way into the site. */
export interface Route {
  readonly method: 'get' | 'post';
  /** As Express has it, such as `/comments/:id`. */
  readonly path: string;
}

interface Layer {
  readonly route?: { readonly path: string | string[]; readonly methods: Record<string, boolean> };
  readonly handle?: { readonly stack?: Layer[] };
}

/** Every route of the site, found where Express keeps them, so that a new one is never forgotten. */
export function routesOf(app: Express): Route[] {
  return inStack((app as unknown as { router: { stack: Layer[] } }).router.stack);
}

function inStack(stack: readonly Layer[]): Route[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return handle?.stack ? inStack(handle.stack) : [];
    const methods = (['get', 'post'] as const).filter((method) => route.methods[method]);
    return [route.path].flat().flatMap((path) => methods.map((method) => ({ method, path })));
  });
}
