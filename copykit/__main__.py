"""``python -m copykit``."""

if __name__ == "__main__":  # further processes load this file as well, and have no use for a command line
    from copykit.cli import main

    main()
