"""Where the data sets are that trainings and measurements read."""

from __future__ import annotations

import os
from pathlib import Path

#: Environment variable that names the folder.
ENVIRONMENT = "OCRTOOL_DATA"


def default_data_folder() -> Path:
    """The environment's OCRTOOL_DATA unless it is empty, else ``../shared/data`` beside the repository."""
    configured = os.environ.get(ENVIRONMENT)
    return Path(configured) if configured else Path(__file__).resolve().parents[3] / "shared" / "data"
