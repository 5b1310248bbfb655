import pg from 'pg';
import type { Ground } from '../measurement.ts';

/** The same with an empty database of its own: what is measured elsewhere does not have to live with what fills it. */
export async function addDatabase({ postgres, ...ground }: Ground, name: string): Promise<Ground> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return { ...ground, postgres: { ...postgres, url: url.href } };
}
