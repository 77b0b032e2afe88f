"""Contents of a team export: every tenant table is in it or left out with a reason, and no secret is in it."""

from django.apps import apps
from django.db.models import BinaryField

from kernel.encryption import EncryptedField
from kernel.tenancy import TenantModel
from portability.contents import LEFT_OUT, TABLES, references, tables_in_order
from portability.deletion.remaining import REMAINING, UNLINKED, deleted_models

TENANT = {model for model in apps.get_models() if issubclass(model, TenantModel)}


def test_each_table_is_exported_or_left_out() -> None:
    """A new tenant table belongs in portability/contents.py: in TABLES, or in LEFT_OUT with the reason."""
    exported = {table.model for table in TABLES}
    assert exported | LEFT_OUT.keys() == TENANT
    assert not exported & LEFT_OUT.keys() and len(exported) == len(TABLES)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


def test_rows_come_after_those_that_they_refer_to() -> None:
    seen: set[object] = set()
    for table in tables_in_order():
        assert references(table.model) <= seen, table.file
        seen.add(table.model)


def test_no_secret_and_no_file_in_a_column_is_exported() -> None:
    for table in TABLES:
        for field in table.model._meta.concrete_fields:
            unsafe = isinstance(field, (EncryptedField, BinaryField)) or "token" in field.name
            assert not unsafe or field.column in table.without, f"{table.file}: {field.column}"


def test_what_remains_of_a_deleted_team_refers_to_nothing_that_is_deleted() -> None:
    assert {*deleted_models(), *REMAINING, UNLINKED} == TENANT
    assert all(references(model) <= REMAINING.keys() for model in REMAINING)
