"""The process's logging as it was, whatever a test makes of it."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def restored() -> Iterator[None]:
    """Put everything back that `configure_logging` sets."""
    root = logging.getLogger()
    kept = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook)
    levels = {name: logging.getLogger(name).level for name in [*logging.root.manager.loggerDict]}
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], sys.excepthook, threading.excepthook, sys.unraisablehook = kept[0], *kept[2:]
    root.setLevel(kept[1])
    for name in [*logging.root.manager.loggerDict]:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
