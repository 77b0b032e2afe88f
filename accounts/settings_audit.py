"""Record of changed settings in the audit, with the values before and after."""

from collections.abc import Mapping

from accounts.models import Member
from accounts.settings_changes import SettingsChange, SettingsSection
from kernel.revisions import RevisedForm


def record_changes(
    member: Member, section: SettingsSection, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Record each setting whose value differs, in the transaction that saves it. Values are as pages show them."""
    SettingsChange.objects.bulk_create(
        SettingsChange(
            team_id=member.team_id,
            section=section,
            setting=setting,
            before=before.get(setting, ""),
            after=value,
            changed_by_id=member.id,
            changed_by_name=str(member),
        )
        for setting, value in after.items()
        if value != before.get(setting, "")
    )


def record_form(
    member: Member, section: SettingsSection, before: RevisedForm, after: RevisedForm, *, inbox: str = ""
) -> None:
    """Record what a form changed: `before` was made from what was stored, `after` from what is stored now."""
    of = f"{inbox}: " if inbox else ""
    old, new = (
        {f"{of}{label}"[:120]: value for label, value in form.shown_values().items()}
        for form in (before, after)
    )
    record_changes(member, section, old, new)
