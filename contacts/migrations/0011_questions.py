from django.db import migrations

# The question for several readings at once: [["maria", "1"], ["maria.1"]] asks for contacts with a word that begins
# with "maria" and one that begins with "1", or with one that begins with "maria.1". Null without any.
FUNCTION = r"""
CREATE FUNCTION contacts_questions(team bigint, readings jsonb) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT string_agg('(' || contacts_question(team, ARRAY(SELECT jsonb_array_elements_text(reading)))::text || ')', ' | ')::tsquery
    FROM jsonb_array_elements(readings) AS reading);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0010_import_undo"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION contacts_questions"),
    ]
