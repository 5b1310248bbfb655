import { type Kysely, sql } from 'kysely';

// The rules by which comments are judged, as rows that the owner sets. The token of the site is another one after each change: who
// keeps the rules in memory knows by it whether they still hold.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table rule (
      name text primary key,
      place integer not null
        constraint rule_place_key unique deferrable initially deferred
        constraint rule_place check (place > 0),
      enabled boolean not null,
      settings jsonb not null constraint rule_settings check (jsonb_typeof(settings) = 'object')
    );

    insert into rule (name, place, enabled, settings)
    select name, row_number() over (), enabled, settings
    from site cross join lateral (values
      ('person_held', true, '{}'::jsonb),
      ('bait', true, '{}'),
      ('words', true, '{"held": "", "spam": ""}'),
      ('hosts', true, '{"spam": ""}'),
      ('copies', true, '{"held": 2, "spam": 4}'),
      ('disguise', true, '{"held": 1, "spam": 2}'),
      ('learned', false, '{"held": 70, "spam": 90}'),
      ('outside', false, '{"url": "", "found": "held", "network": false}'),
      ('links', true, jsonb_build_object('allowed', links_allowed, 'hosts', '')),
      ('name_link', true, '{}'),
      ('flooding', true, '{"browser": 5, "network": 20}'),
      ('person_trusted', true, '{}'),
      ('wave', false, '{"comments": 60}'),
      ('haste', false, '{"seconds": 3}'),
      ('post_age', false, '{"days": 365}'),
      ('first_comment', true, '{"comments": 1}'),
      ('reports', report_hold > 0, jsonb_build_object('people', case when report_hold > 0 then report_hold else 3 end))
    ) as given (name, enabled, settings);

    alter table site
      add column rules_token uuid not null default gen_random_uuid(),
      drop column links_allowed,
      drop column report_hold;

    alter table conversation
      add column rule_switches jsonb not null default '{}'
        constraint conversation_rule_switches check (jsonb_typeof(rule_switches) = 'object');`.execute(db);
}
