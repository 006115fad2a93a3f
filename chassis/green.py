"""Making a service's process green, and light: to be called before anything else is imported."""

from __future__ import annotations

import os
import sys
import warnings


def make_green() -> None:
    """Replaces what blocks in the standard library by what lets other green threads run."""
    # eventlet's own name resolution ignores the system's, and takes 20 MB; looking up blocks for a moment instead.
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    # structlog would draw tracebacks with it wherever it happens to be installed: 8 MB.
    sys.modules.setdefault("rich", None)
    # Known, and decided: docs/decisions/0002.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
