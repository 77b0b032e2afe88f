"""The page for Prometheus."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest

from heymarket.health.views import needs_status_token
from heymarket.metrics.gauges import gauges
from heymarket.metrics.publishing import published


class _AllProcesses:
    """What generate_latest asks of a registry."""

    def collect(self) -> Iterator[Metric]:
        yield from gauges()
        yield from published()


@csrf_exempt
@never_cache
@needs_status_token
def metrics(request: HttpRequest) -> HttpResponse:
    """What all processes have counted, and the state of the installation, in Prometheus's text format."""
    return HttpResponse(generate_latest(_AllProcesses()), content_type=CONTENT_TYPE_LATEST)
