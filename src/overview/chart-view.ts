import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { defineView, frameOf, renderPage } from '../http/render.ts';
import type { Chart } from './chart.ts';

interface ChartImage {
  readonly chart: Chart;
  readonly style: string;
}

const chartView = defineView<ChartImage>('overview/chart');

// The colours of 00-tokens.css, which an image cannot ask for. It follows the reader's light or dark, as the page does.
const style = `:root{--paper:#fdfcf9;--soft:#5c564d;--rule:#dcd6ca;--main:#0f5c5c;--beside:#7a5000}
@media (prefers-color-scheme:dark){:root{--paper:#161513;--soft:#b0a99d;--rule:#3a3732;--main:#7cc7c1;--beside:#e5b566}}
text{font:12px system-ui,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
text{paint-order:stroke;stroke:var(--paper);stroke-width:4;stroke-linejoin:round}
text.main{fill:var(--main);font-weight:600}text.beside{fill:var(--beside)}
.rule{stroke:var(--rule)}rect{fill:var(--main)}
path{fill:none;stroke-width:2}path.main{stroke:var(--main)}path.beside{stroke:var(--beside);stroke-dasharray:4 3}
circle.main{fill:var(--main)}circle.beside{fill:var(--beside)}`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Sends a chart as an image of its own, which asks nothing else of anybody. */
export function sendChart(response: Response, { chart, title }: { chart: Chart; title: string }): void {
  response
    .set('Content-Security-Policy', `default-src 'none'; style-src 'sha256-${styleHash}'`)
    .type('image/svg+xml')
    .send(renderPage(frameOf(response), chartView, { title, chart, style }));
}
