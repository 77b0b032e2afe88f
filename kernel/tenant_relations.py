"""Relations between tenant tables: what is read through them names the team in the query, not only in the scope."""

from typing import Any

from django.db.models.fields import related_descriptors as django
from django.utils.functional import cached_property


class TenantRow(django.ForwardManyToOneDescriptor):
    """The row that a TenantKey refers to. `prefetch_related` fetches those of one team."""

    def get_prefetch_querysets(self, instances: list[Any], querysets: Any = None) -> tuple[Any, ...]:
        (rows,) = querysets or [self.get_queryset(instance=instances[0])]
        return super().get_prefetch_querysets(instances, [rows.filter(team_id=instances[0].team_id)])


class TenantRows(django.ReverseManyToOneDescriptor):
    """The rows that refer to a row by a TenantKey."""

    @cached_property
    def related_manager_cls(self) -> Any:
        manager: Any = super().related_manager_cls

        class TenantRowsManager(manager):
            def __init__(self, instance: Any) -> None:
                super().__init__(instance)
                self.core_filters["team_id"] = instance.team_id

            def get_prefetch_querysets(self, instances: list[Any], querysets: Any = None) -> tuple[Any, ...]:
                (rows,) = querysets or [self.model._default_manager.all()]
                rows = rows.filter(team_id=instances[0].team_id)
                return super().get_prefetch_querysets(instances, [rows])

        return TenantRowsManager
