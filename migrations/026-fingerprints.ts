import { type Kysely, sql } from 'kysely';

// What texts are known by, to find copies of them wherever they are posted. Looked for by each of these, newest first, and no
// further back than somebody asks.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table comment_fingerprint (
      comment_id integer primary key references comment,
      exact bytea not null constraint comment_fingerprint_exact_length check (length(exact) = 16),
      minima smallint[] constraint comment_fingerprint_minima_count check (cardinality(minima) = 16),
      band_1 integer,
      band_2 integer,
      band_3 integer,
      band_4 integer,
      written_at timestamptz not null,
      constraint comment_fingerprint_is_near_or_not check (num_nulls(minima, band_1, band_2, band_3, band_4) in (0, 5))
    );
    comment on table comment_fingerprint is 'hashes of what comments say, see rules/fingerprint.ts; short texts have none';
    create index comment_fingerprint_exact on comment_fingerprint (exact, written_at);
    create index comment_fingerprint_band_1 on comment_fingerprint (band_1, written_at) where band_1 is not null;
    create index comment_fingerprint_band_2 on comment_fingerprint (band_2, written_at) where band_2 is not null;
    create index comment_fingerprint_band_3 on comment_fingerprint (band_3, written_at) where band_3 is not null;
    create index comment_fingerprint_band_4 on comment_fingerprint (band_4, written_at) where band_4 is not null`.execute(
    db,
  );
}
