"""Model of group texts: the other members of the group to which a person sent a text."""

from collections.abc import Iterable

from django.db import models

from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class GroupRecipientQuerySet(models.QuerySet["GroupRecipient"]):
    def of_texts(self, team_id: int, message_ids: Iterable[int]) -> dict[int, list[str]]:
        """The numbers of the other members, by the ID of the text, in the carrier's order."""
        found: dict[int, list[str]] = {}
        rows = self.filter(team_id=team_id, message_id__in=list(message_ids))
        for message_id, number in rows.order_by("message_id", "position").values_list("message_id", "number"):
            found.setdefault(message_id, []).append(number)
        return found


class GroupRecipient(TenantModel):
    """A number that got a person's text besides ours. Texts to one person have none."""

    message = TenantKey("messaging.Message", related_name="group_recipients")
    number = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()

    objects = GroupRecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="messaging_grouprecipient_isolation"),
            TenantReference(field="message", on_delete="CASCADE", name="messaging_grouprecipient_message"),
            models.UniqueConstraint(
                fields=["team", "message", "number"], name="messaging_grouprecipient_once"
            ),
        ]
        indexes = [models.Index(fields=["team", "number"], name="messaging_grouprecipient_of")]

    def __str__(self) -> str:
        return self.number
