"""Ends a worker whose parent died without saying so."""

import os
import signal
import threading
import time


def end_with_parent(every: float = 1.0) -> None:
    """Watch the parent on a daemon thread; when it is gone, ask this process to stop."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent").start()
