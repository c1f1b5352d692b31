"""What all tests share."""

from __future__ import annotations

import os

# Tests put a fake engine in place of the real one in their own process, and count on inputs being processed there.
os.environ.setdefault("OCRTOOL_JOBS", "1")
# They compare all of standard error, where a summary has times.
os.environ.setdefault("OCRTOOL_QUIET", "1")
