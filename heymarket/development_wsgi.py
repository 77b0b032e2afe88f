"""The WSGI application for `make run`: a web worker that ends with its server, however that one ended."""

import signal

from devserver.parent_death import die_with_parent
from heymarket.wsgi import application

__all__ = ["application"]

# Else a server that was killed hard would leave its worker behind, answering on our port for ever.
die_with_parent(signal.SIGKILL)
