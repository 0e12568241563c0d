"""``python -m ipqa``: the command line."""

from ipqa.interfaces.cli import main

if __name__ == "__main__":
    main()
