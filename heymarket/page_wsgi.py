"""The WSGI entry point of page servers, which only the front reaches: it tells them so, and the client's address."""

from typing import Any

from api.waiting import BEHIND_FRONT
from heymarket.front.page_server import CLIENT_HEADER
from heymarket.metrics.publishing import publish_from
from heymarket.worker_process import end_with_server
from heymarket.wsgi import application as wsgi

_CLIENT = "HTTP_" + CLIENT_HEADER.upper().replace("-", "_")

end_with_server()
publish_from("pages")


def application(environ: dict[str, Any], start_response: Any) -> Any:
    environ[BEHIND_FRONT] = True
    environ["REMOTE_ADDR"] = environ.pop(_CLIENT, environ.get("REMOTE_ADDR", ""))
    return wsgi(environ, start_response)
