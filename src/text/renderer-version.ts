/**
 * Which rules made a rendered text; stored beside it. Whoever changes what a renderer or a sanitiser lets through, or how it
 * is written, raises this number: texts with a lower one are then rendered anew from their source.
 */
export const rendererVersion: number = 1;
