"""``python -m copykit``."""

from copykit.cli import main

if __name__ == "__main__":
    main()
