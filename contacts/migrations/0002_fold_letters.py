"""The search also finds letters that have no accent to take off: lukasz finds Łukasz, strasse finds Straße.

Rows keep their words until they change; `manage.py refresh_search_words` renews the words of the rows that have such
letters. Until then they are found as before.
"""

from django.db import migrations

FOLDED = r"""
CREATE FUNCTION contacts_folded(plain text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(translate(plain, 'łøđðħŧŋıĸ', 'loddhtnik'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');

CREATE OR REPLACE FUNCTION contacts_words(typed text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(
    regexp_split_to_array(translate(contacts_folded(contacts_plain(typed)), '''’`', ''), '[-\s.,;:()/&"_]+'), '');
"""
AS_BEFORE = r"""
CREATE OR REPLACE FUNCTION contacts_words(typed text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(regexp_split_to_array(translate(contacts_plain(typed), '''’`', ''), '[-\s.,;:()/&"_]+'), '');
DROP FUNCTION contacts_folded;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FOLDED, AS_BEFORE),
    ]
