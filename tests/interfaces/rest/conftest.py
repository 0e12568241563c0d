"""The services over the real plan, served as they are: page, REST and MCP in one process."""

import httpx
import pytest

from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings


@pytest.fixture(scope="package")
def url(policy):
    with WebServer(create_app(policy, Settings()), "127.0.0.1", 0) as server:
        yield server.url


@pytest.fixture(scope="package")
def client(url):
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client
