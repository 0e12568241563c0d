"""The command line."""

from ipqa.interfaces.cli.program import cli, main

__all__ = ["cli", "main"]
