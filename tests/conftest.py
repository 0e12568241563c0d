"""What many tests share: the real plan, opened once with the encoder that ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipqa import PolicySearch
from ipqa.documents.corpus import ParsedDocument, list_corpus, parse_document

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
PLAN = "langfang-ip-plan-145"


@pytest.fixture(scope="session")
def plan() -> ParsedDocument:
    return next(parse_document(files) for files in list_corpus(CORPUS) if files.id == PLAN)


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> PolicySearch:
    return PolicySearch.open(CORPUS, tmp_path_factory.mktemp("index"), "default")
