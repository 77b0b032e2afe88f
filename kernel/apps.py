"""The kernel app: database objects after each migrate, and the checks of the runtime role and of a deployment."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "kernel"

    def ready(self) -> None:
        from kernel.checks import check_runtime_role
        from kernel.database_objects import install
        from kernel.deployment_checks import check_deployment

        post_migrate.connect(install, sender=self)
        checks.register(check_runtime_role, checks.Tags.database)
        checks.register(check_deployment, deploy=True)
