"""cpp_peer.py with one line changed: ``import broker_core.blocking as broker``."""

from __future__ import annotations

import runpy
import sys

from broker_core import blocking

from .harness import HERE

if __name__ == "__main__":
    sys.modules["broker"] = blocking
    runpy.run_path(str(HERE / "cpp_peer.py"), run_name="__main__")
