"""Starts the chat page on http://127.0.0.1:7860, as ``ipqa serve`` does; takes the same options."""

import sys

from ipqa.interfaces.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
