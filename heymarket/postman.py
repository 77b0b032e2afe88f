"""Postman collection of the API, for anybody."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from api.postman import collection
from heymarket.api import api


@require_GET
def postman(request: HttpRequest) -> JsonResponse:
    return JsonResponse(collection(api.get_openapi_schema()), json_dumps_params={"ensure_ascii": False})
