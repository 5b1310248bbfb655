import type pg from 'pg';
import { listTables, sqlList } from '../../src/backup/catalogue.ts';
import { withClient } from '../../src/backup/client.ts';

/** What a careless format would stumble over. */
const trickyText = [
  'tab\there',
  'line\nbreak',
  'return\rhere',
  'back\\slash \\N \\. \\t',
  '\\.',
  '',
  '“ĄÄ語🦊e\u0301”',
  "it's; --",
];

/** Puts rows into every table of a migrated database: tricky texts, bytes, JSON, nulls, and threads. */
export async function fillSite(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into account (handle, name, email, role, password_hash, created_at, disabled_at)
      values ('owner', 'Owner', 'owner@site.example', 'owner', '$argon2id$v=19$x', '2026-01-02 03:04:05.678901+00', null),
             ('gone', 'Ĝone', null, 'author', null, '1999-12-31 23:59:59+05', now());
    insert into invitation (token_hash, email, role, invited_by, created_at, expires_at)
      values ('\\x0009000a5c00ff', 'new@site.example', 'author', 1, now(), now());
    insert into password_reset (token_hash, account_id, created_at, expires_at) values ('\\x', 1, now(), now());
    insert into session (sid, sess, expire) values ('one', '{"accountId": 1}', now());
    insert into outside_key (url, key) values ('https://service.example/', 'secret');
    insert into rate_limit (key, points, expire) values ('sign-in', 3, 1);
    insert into conversation (mode) values (null), ('open');
    insert into conversation_count (conversation_id, readable) values (1, 7), (2, 0);
    insert into closure (conversation_id, reason, closed_by, closed_at) values (1, 'Said all.', 1, now());
    insert into tag (slug, name) values ('on-work', 'On work');
    insert into event (subject_kind, subject_id, action, created_at) values ('site', 1, 'first_start', now());
    insert into event (subject_kind, subject_id, action, actor_id, undoes, numbers, batch, created_at)
      values ('post', 1, 'undo', 1, 1, '{"a": [1, "\\\\n\\t", null]}', gen_random_uuid(), now());
    insert into event_note (event_id, reason) values (2, 'because');
    insert into sweep (batch, account_id, action, filter, reason, asked_at, through_event, expected, moved_at)
      values (gen_random_uuid(), 1, 'spam', '{"text": "it''s \\\\ Ą"}', 'Ads.', now(), 2, 5, now());
    insert into closure (closed_at, begins_at, waiting_batch, reopened_at)
      values (now(), now() + interval '1 day', gen_random_uuid(), now()),
             (now(), now() + interval '1 day', gen_random_uuid(), null);
    insert into browser (created_at) values (now());
    insert into proof (token_hash, email, browser_id, created_at, expires_at)
      values ('\\x5c00ff', 'reader@site.example', 1, now(), now());
    insert into proved_address (browser_id, email, proved_at) values (1, 'reader@site.example', now());
    insert into standing (kind, address_hash, browser_id, begins_at, ends_at, reason, note, given_by)
      values ('held', '\\xdead5c00', null, now(), null, 'Because.', '', 1),
             ('banned', null, 1, now(), now() + interval '1 day', '', 'Noted \\\\N', 1);
    insert into mail (message_id, recipient, subject, body, created_at, sent_at, failed_at)
      values ('waiting', 'reader@site.example', 'Hello', 'A letter', now(), null, null),
             ('sent', null, null, null, now(), now(), null),
             ('given-up', 'nobody@site.example', 'Hello', 'A letter', now(), null, now());`);
  for (const [index, text] of trickyText.entries()) {
    await pool.query(
      `insert into post (kind, slug, title, source, html, renderer_version, conversation_id, created_at, updated_at)
       select 'post', 'post-' || $2::text, 'A title', $1, $1, 1, id, now(), now() from conversation where id = $2::integer`,
      [text, index + 1],
    );
    await addComment(pool, { text, parent: null });
    await addComment(pool, { text, parent: index * 2 + 1 });
  }
  await pool.query(`
    insert into post_author (post_id, account_id, position) values (1, 1, 1);
    insert into post_tag (post_id, tag_id) values (1, 1);
    insert into address (path, post_id) values ('/old', 1), ('/gone', null);
    insert into sweep (batch, account_id, action, person_id, person_by, person_scope, person_address_hash, person_browser_id,
        asked_at, through_event, expected, moved_at)
      values (gen_random_uuid(), 1, 'spam', 1, 'address', 'all', '\\xdead5c00', null, now(), 2, 300, now()),
             (gen_random_uuid(), 1, 'spam', 1, 'browser', 'all', null, 1, now(), 2, 300, now());
    insert into submission (key, comment_id, digest, created_at) values (gen_random_uuid(), 1, '\\xdeadbeef', now());
    insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
      values (1, 'default', 'approved', '{"links": 0}', '[]', now());
    insert into revision (comment_id, source, source_format, replaced_at) values (1, 'What it said \\. before', 'markdown', now());
    insert into comment_fingerprint (comment_id, exact, minima, band_1, band_2, band_3, band_4, written_at)
      values (1, decode('005c0a09000102030405060708090a0b', 'hex'), array_fill(-1, '{16}')::smallint[], 1, -2, 3, -4, now()),
             (2, decode(repeat('5c', 16), 'hex'), null, null, null, null, null, now());
    insert into comment_place (comment_id, place, known, written_at)
      values (1, 'shop.example', true, now()), (2, 'youtube.com/watch?v=\\N', false, now());
    insert into outside_told (comment_id, judgement_id, outcome, told_at) values (1, 1, 'good', now());
    insert into follower (email) values ('follower@site.example');
    insert into subscription (follower_id, scope, conversation_id, comment_id, browser_id, pace, created_at, confirmed_at)
      values (1, 'replies', 1, 1, 1, 'daily', now(), now()), (1, 'conversation', 1, null, null, 'at_once', now(), null);
    insert into saved_words (kind, title, text, saved_by, saved_at) values ('reason', 'Off topic', 'It is \\N elsewhere.', 1, now());
    insert into colleague_note (comment_id, text, written_by, written_at) values (1, 'Seen\tbefore', 1, now());
    insert into colleague_note (browser_id, text, written_by, written_at) values (1, 'Good faith', 1, now());
    insert into pin (conversation_id, comment_id, pinned_by, pinned_at) values (1, 1, 1, now());
    insert into settings_change (event_id, fields) values (1, '{"title": {"before": "One", "after": "Two"}}');
    insert into post_revision (event_id, post_id, kind, slug, title, excerpt, source, source_format, html, renderer_version, tags, author_ids)
      values (2, 1, 'post', 'before', 'Before \\N', '', '<p>Tab\there', 'html', '<p>Tab\there</p>', 1, '[{"slug": "a", "name": "\\"Ą\\""}]', '{2,1}');
    insert into hand_over (comment_id, to_id, by_id, handed_at) values (2, 1, 1, now());
    insert into announcement (comment_id, created_at, told_through) values (1, now(), 1);
    insert into digest_item (follower_id, comment_id, subscription_id, created_at) values (1, 1, 1, now());
    insert into learner_total (spam, good, imported, revision) values (1, 0, true, 1);
    insert into learner_feature (feature, spam, good) values ('word:Ą\\N', 1, 0);
    insert into learned_comment (comment_id, label, features) values (1, 'spam', array['word:Ą\\N', 'pair:"a" {b,']);
    insert into learning_due (comment_id) values (1);
    insert into alert (account_id, comment_id, created_at) values (1, 2, now());
    insert into appeal (comment_id, event_id, text, created_at) values (1, 1, 'It was \\. meant well.', now());
    insert into report (comment_id, kind, text, law, name, email, browser_id, network_hash, created_at)
      values (1, 'illegal', 'Tab\there', 'A law', 'A name', 'reporter@site.example', 1, '\\x5c00ff', now());
    delete from comment where id = (select max(id) from comment);`);
}

async function addComment(pool: pg.Pool, { text, parent }: { text: string; parent: number | null }): Promise<void> {
  await pool.query(
    `with next as (select nextval(pg_get_serial_sequence('comment', 'id'))::integer as id)
     insert into comment (id, conversation_id, parent_id, root_id, depth, path, status, shown, browser_id, name, source, html,
       renderer_version, network_hash, created_at)
     select id, 1, $2::integer, coalesce($2::integer, id), case when $2::integer is null then 1 else 2 end,
       case when $2::integer is null then ''::bytea else decode(lpad(to_hex($2::integer), 10, '0'), 'hex') end
         || decode(lpad(to_hex(id), 10, '0'), 'hex'),
       'approved', true, 1, left($1, 60), $1, $1, 1, sha256(convert_to($1, 'UTF8')), now() from next`,
    [text, parent],
  );
}

/** Every row that a backup is to keep, as Postgres prints it, and the numbers that come next. */
export async function contentOf(pool: pg.Pool): Promise<Record<string, { rows: string[]; next: number | undefined }>> {
  return withClient(pool, async (client) => {
    await client.query(`set timezone = 'UTC'`);
    const content: Awaited<ReturnType<typeof contentOf>> = {};
    for (const { name, numbered } of await listTables(client)) {
      const { rows } = await client.query(`select t::text as row from ${sqlList([name])} t order by 1`);
      content[name] = { rows: rows.map(({ row }) => row), next: numbered?.next };
    }
    return content;
  });
}

/** What `contentOf` a site is once it was restored: the numbers that had left it have moved on. */
export async function contentOnceRestored(pool: pg.Pool): ReturnType<typeof contentOf> {
  const content = await contentOf(pool);
  for (const name of ['browser', 'follower', 'subscription', 'comment', 'report']) {
    const table = content[name];
    if (table?.next !== undefined) table.next += 1_000_000;
  }
  return content;
}

/** Takes all tables away, as if the database had just been created. */
export async function emptySchema(pool: pg.Pool): Promise<void> {
  await pool.query('drop schema public cascade; create schema public; drop schema if exists graphile_worker cascade;');
}
