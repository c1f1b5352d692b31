"""``python -m ocrtool``, and the console script."""

from __future__ import annotations

import os
import sys

#: Threads of NumPy's linear algebra start with its import and spin while they wait; nothing here is worth one.
_LINEAR_ALGEBRA_THREADS = "OPENBLAS_NUM_THREADS"
#: As shells count: 128 + SIGINT. Written out, since nothing may be imported yet.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    try:
        import gc

        gc.disable()  # while modules and weights are loaded, which stay; see `ocrtool.jobs.outcome`
        os.environ.setdefault(_LINEAR_ALGEBRA_THREADS, "1")
        _leave_current_folder()
        from ocrtool.cli.main import main as run

        code = run()
    except KeyboardInterrupt as error:  # while modules are imported
        code = getattr(error, "code", _INTERRUPTED)
    sys.exit(code)


def _leave_current_folder() -> None:
    """Take the current folder off the import path, where ``python -m`` puts it first: its files may shadow modules.

    If the program itself is in that folder, the folder goes last instead.
    """
    if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        here = sys.path.pop(0)
        if os.path.dirname(os.path.dirname(os.path.abspath(__file__))) == here:  # noqa: PTH100, PTH120 - pathlib is slow
            sys.path.append(here)


if __name__ == "__main__":
    main()
