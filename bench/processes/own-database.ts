import pg from 'pg';
import type { Ground } from '../measurement.ts';

/**
 * The same with a database of its own: what is measured elsewhere does not have to live with what fills it.
 *
 * @param template a database that it is a copy of, to which nobody is connected; else it is empty.
 */
export async function addDatabase({ postgres, ...ground }: Ground, name: string, template?: string): Promise<Ground> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query(`create database ${name}${template ? ` template ${template}` : ''}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return { ...ground, postgres: { ...postgres, url: url.href } };
}
