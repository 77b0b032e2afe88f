"""The WSGI entry point of page servers, which only the front reaches: it tells them the client's address."""

import signal
from typing import Any

from devserver.parent_death import die_with_parent
from heymarket.front.page_server import CLIENT_HEADER
from heymarket.wsgi import application as wsgi

_CLIENT = "HTTP_" + CLIENT_HEADER.upper().replace("-", "_")

# Otherwise a killed server would leave its worker behind, which would keep its socket.
die_with_parent(signal.SIGKILL)


def application(environ: dict[str, Any], start_response: Any) -> Any:
    environ["REMOTE_ADDR"] = environ.pop(_CLIENT, environ.get("REMOTE_ADDR", ""))
    return wsgi(environ, start_response)
