"""Worker process of a web server: it ends with its server, which may be killed; otherwise it would keep our port."""

import multiprocessing
import os
import signal

from devserver.parent_death import die_with_parent


def end_with_server() -> None:
    """End at once when the server ends, or if it has ended already."""
    die_with_parent(signal.SIGKILL)
    server = multiprocessing.parent_process()
    if server is not None and os.getppid() != server.pid:
        os._exit(1)
