"""The WSGI application for `make run`: a web worker that ends with its server, even if that is killed."""

import signal

from devserver.parent_death import die_with_parent
from heymarket.wsgi import application

__all__ = ["application"]

# Otherwise a killed server would leave its worker behind, which would keep our port.
die_with_parent(signal.SIGKILL)
