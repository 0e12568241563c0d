"""The systems that are measured side by side: the same passages, the same questions, one interface.

Each peer is set up as its documentation shows it: with its own defaults for Chinese text and, where it takes
one, with jieba. All load ipqa's encoder as the sentence-transformers model that it is: their own models come
from a hub, or are English.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ipqa.retrieval.encoder import DEFAULT_ENCODER_PATH
from ipqa.text.normalise import normalise
from ipqa.text.tokens import Tokenizer


class System(Protocol):
    """Something that finds passages. It is built once and then asked."""

    def build(self, passages: Sequence[str]) -> None:
        """Index the passages."""

    def search(self, question: str, k: int) -> list[int]:
        """The ordinals of the ``k`` best passages, best first."""


class Bm25:
    """bm25s over jieba's words: what a good keyword search gives."""

    def build(self, passages: Sequence[str]) -> None:
        import bm25s

        self._words = Tokenizer.with_words()
        self._bm25 = bm25s.BM25(method="lucene")
        self._bm25.index([self._cut(passage) for passage in passages], show_progress=False)
        self._count = len(passages)

    def search(self, question: str, k: int) -> list[int]:
        words = self._cut(question)
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return []
        found, _ = self._bm25.retrieve([known], k=min(k, self._count), show_progress=False)
        return [int(i) for i in found[0]]

    def _cut(self, text: str) -> list[str]:
        return self._words.search_words(normalise(text))


class LangChain:
    """LangChain's ensemble (reciprocal rank fusion, equal weights) of its FAISS and BM25 retrievers."""

    def __init__(self, jieba: bool) -> None:
        self._jieba = jieba

    def build(self, passages: Sequence[str]) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_huggingface import HuggingFaceEmbeddings

        embeddings = HuggingFaceEmbeddings(
            model_name=str(DEFAULT_ENCODER_PATH), model_kwargs={"device": "cpu"}
        )
        places = [{"i": i} for i in range(len(passages))]
        cut = {"preprocess_func": jieba_words} if self._jieba else {}
        self._lexical = BM25Retriever.from_texts(passages, metadatas=places, **cut)
        self._dense = FAISS.from_texts(list(passages), embeddings, metadatas=places)
        self._ensemble = EnsembleRetriever

    def search(self, question: str, k: int) -> list[int]:
        self._lexical.k = k
        dense = self._dense.as_retriever(search_kwargs={"k": k})
        both = self._ensemble(retrievers=[self._lexical, dense], weights=[0.5, 0.5])
        return [document.metadata["i"] for document in both.invoke(question)][:k]


class Haystack:
    """Haystack's in-memory store: BM25 and vectors, joined by reciprocal rank fusion."""

    def __init__(self, jieba: bool) -> None:
        self._jieba = jieba

    def build(self, passages: Sequence[str]) -> None:
        from haystack import Document
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack.utils import ComponentDevice
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        options = {"device": ComponentDevice.from_str("cpu"), "progress_bar": False}
        document_embedder, self._embedder = (
            make(model=str(DEFAULT_ENCODER_PATH), **options)
            for make in (SentenceTransformersDocumentEmbedder, SentenceTransformersTextEmbedder)
        )
        document_embedder.warm_up()
        self._embedder.warm_up()
        # Words parted by blanks are the way to bring other words than its own into Haystack's BM25.
        regex = {"bm25_tokenization_regex": r"\S+"} if self._jieba else {}
        store = InMemoryDocumentStore(shared=False, return_embedding=False, **regex)
        documents = [Document(id=str(i), content=passage) for i, passage in enumerate(passages)]
        embedded = document_embedder.run(documents)["documents"]
        store.write_documents([replace(d, content=self._content(d.content)) for d in embedded])
        self._lexical, self._dense = InMemoryBM25Retriever(store), InMemoryEmbeddingRetriever(store)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(self, question: str, k: int) -> list[int]:
        vector = self._embedder.run(question)["embedding"]
        lexical = self._lexical.run(query=self._content(question) or question, top_k=k)["documents"]
        dense = self._dense.run(query_embedding=vector, top_k=k)["documents"]
        joined = self._joiner.run(documents=[lexical, dense], top_k=k)["documents"]
        return [int(document.id) for document in joined]

    def _content(self, text: str) -> str:
        return " ".join(jieba_words(text)) if self._jieba else text


class Txtai:
    """txtai's hybrid index: its own BM25 and vectors, fused by its defaults.

    It hands one text to both, so words for BM25 would have to be parted by blanks for the encoder too, which
    is no loss to an encoder that cuts words itself.
    """

    def __init__(self, jieba: bool) -> None:
        self._jieba = jieba

    def build(self, passages: Sequence[str]) -> None:
        from txtai import Embeddings

        scoring = {"method": "bm25", "terms": True, "normalize": True}
        if self._jieba:
            scoring["tokenizer"] = {"whitespace": True}
        self._embeddings = Embeddings(
            path=str(DEFAULT_ENCODER_PATH),
            method="sentence-transformers",
            gpu=False,
            hybrid=True,
            scoring=scoring,
        )
        self._embeddings.index((i, self._content(p), None) for i, p in enumerate(passages))

    def search(self, question: str, k: int) -> list[int]:
        return [int(i) for i, _ in self._embeddings.search(self._content(question), k)]

    def _content(self, text: str) -> str:
        return " ".join(jieba_words(text)) if self._jieba else text


def jieba_words(text: str) -> list[str]:
    """A text's words by jieba's search mode, without blanks and punctuation."""
    import jieba

    return [word for word in jieba.lcut_for_search(text) if any(c.isalnum() for c in word)]


class Ipqa:
    """This project: the plan as it is, or passages without headings and bank."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus

    def build(self, passages: Sequence[str]) -> None:
        from ipqa import PolicySearch

        folder = tempfile.mkdtemp()
        PolicySearch.open(self._corpus, folder)
        self._policy = PolicySearch.open(self._corpus, folder)  # as on every later start
        self._ordinals = {clause.id: i for i, clause in enumerate(self._policy.clauses)}

    def search(self, question: str, k: int) -> list[int]:
        return [self._ordinals[hit.clause.id] for hit in self._policy.search(question, k)]
