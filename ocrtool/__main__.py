"""``python -m ocrtool``, and the console script."""

from ocrtool.cli.main import main

if __name__ == "__main__":
    main()
