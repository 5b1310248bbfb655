import pg from 'pg';
import type { Ground } from '../measurement.ts';

/** Adds an empty database beside the one that the measurements share, for what those should not have to live with. */
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
