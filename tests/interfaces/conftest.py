"""A search over the real plan with an encoder that needs no model: enough to test what a page shows."""

import pytest

from ipqa import PolicySearch
from tests.conftest import CORPUS
from tests.fakes import HashEncoder


@pytest.fixture(scope="session")
def hash_policy(tmp_path_factory):
    return PolicySearch.open(corpus=CORPUS, index=tmp_path_factory.mktemp("index"), encoder=HashEncoder())
