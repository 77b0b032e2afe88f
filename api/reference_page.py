"""Page of the API's reference, for anybody: rendered here, without a script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from api.reference import Reference


class ReferencePage(DocsBase):
    """What django-ninja shows at /v1/docs."""

    _reference: Reference | None = None

    def render_page(self, request: HttpRequest, api: NinjaAPI, **path: Any) -> HttpResponse:
        self._reference = self._reference or Reference(api.get_openapi_schema())
        document = self.get_openapi_url(api, path)
        return render(request, "api/reference.html", {"reference": self._reference, "document": document})
