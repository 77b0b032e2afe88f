"""The texts as the search reads them, in a new table with its indexes. A worker fills it, newest texts first."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.tenancy

FUNCTIONS = r"""
-- The words of a text between single spaces, folded as names are (contacts_words), without invisible characters and
-- punctuation; after them, the numbers that it writes in groups of digits, each as one word: "(415) 555-0101" is found
-- as 4155550101, too.
CREATE FUNCTION messaging_search_words(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(translate(contacts_folded(contacts_plain(regexp_replace(body,
    '[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]', '', 'g'))), '''’`', ''),
    '[\s!-/:-@\[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u2027\u2030-\u205e\u2212\u3001\u3002]+', ' ', 'g')) || ' ';
CREATE FUNCTION messaging_search_folded(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN messaging_search_words(left(body, 10000)) || CASE WHEN body ~ '\d{2}[ ().‑–-]+\d{2}' THEN
    coalesce((SELECT string_agg(number[1], ' ') || ' ' FROM regexp_matches(
        regexp_replace(left(body, 10000), '(\d)[ ().‑–-]{1,3}(?=\d)', '\1', 'g'), '\d{7,}', 'g') AS number), '')
    ELSE '' END;

-- Whether a word is so short that it must begin a word of the text. In scripts without spaces none is.
CREATE FUNCTION messaging_search_is_short(word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN length(word) < 3 AND octet_length(word) < 3 * length(word);

-- The terms by which the index finds a text: the endings of its words from three letters on (each character's on of
-- scripts without spaces), so that the beginning of a term is any part of a word; its inbox, its direction, and whether
-- it has a picture. Each begins with the team and the week: one index serves all teams, and a search reads the newest
-- weeks first.
CREATE FUNCTION messaging_search_week(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(extract(epoch FROM at) / 604800)::integer;
CREATE FUNCTION messaging_search_terms(
    team bigint, inbox bigint, at timestamptz, outbound boolean, has_picture boolean, folded text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
RETURN array_to_tsvector(ARRAY(
    SELECT team || ':' || messaging_search_week(at) || ':' || term FROM (
        SELECT substr(word, n, 40) FROM string_to_table(btrim(folded), ' ') AS word,
            generate_series(1, CASE WHEN octet_length(word) >= 3 * length(word) THEN length(word)
                               ELSE greatest(1, length(word) - 2) END) AS n
        WHERE word <> ''
        UNION SELECT '/inbox' || inbox
        UNION SELECT CASE WHEN outbound THEN '/us' ELSE '/them' END
        UNION SELECT '/picture' WHERE has_picture) AS terms (term)));
"""
NO_FUNCTIONS = """
DROP FUNCTION messaging_search_is_short; DROP FUNCTION messaging_search_terms; DROP FUNCTION messaging_search_week; DROP FUNCTION messaging_search_folded;
DROP FUNCTION messaging_search_words;
"""
# The worker inserts many texts at once, which the list of pending entries makes faster; a search reads the list, too.
INDEX = """
CREATE INDEX messaging_searchabletext_found ON messaging_searchabletext USING gin (
  messaging_search_terms(team_id, inbox_id, at, outbound, has_picture, folded)) WITH (gin_pending_list_limit = 1024)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_opt_out_reading"),
        ("contacts", "0005_interrupted_runs"),
        ("messaging", "0007_scheduled_texts"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.CreateModel(
            name="SearchableText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("outbound", models.BooleanField()),
                ("has_picture", models.BooleanField()),
                ("folded", models.TextField()),
                (
                    "conversation",
                    kernel.tenancy.TenantKey(related_name="searchable_texts", to="messaging.conversation"),
                ),
                ("inbox", kernel.tenancy.TenantKey(related_name="searchable_texts", to="accounts.inbox")),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "at", "id"], name="messaging_searchabletext_time"),
                    models.Index(
                        fields=["team", "conversation", "at", "id"], name="messaging_searchabletext_talk"
                    ),
                ],
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_searchabletext_isolation"),
                    kernel.tenancy.TenantReference(
                        field="conversation",
                        name="messaging_searchabletext_conversation",
                        on_delete="CASCADE",
                    ),
                    kernel.tenancy.TenantReference(
                        field="inbox", name="messaging_searchabletext_inbox", on_delete="RESTRICT"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_id", models.BigIntegerField()),
                ("settled_id", models.BigIntegerField()),
                ("seen_id", models.BigIntegerField()),
                ("seen_xid", models.BigIntegerField()),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    kernel.tenancy.TenantIsolation(name="messaging_searchprogress_isolation"),
                    models.UniqueConstraint(fields=("team",), name="messaging_searchprogress_once"),
                ],
            },
        ),
        migrations.RunSQL(INDEX, migrations.RunSQL.noop),
    ]
