"""Starts the chat page on http://127.0.0.1:7860; ``IPQA_HOST`` and ``IPQA_PORT`` change that."""

import sys

from ipqa.engine import PolicySearch
from ipqa.errors import IpqaError
from ipqa.interfaces.web import serve
from ipqa.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    try:
        serve(PolicySearch.open(), settings.host, settings.port)
    except IpqaError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
