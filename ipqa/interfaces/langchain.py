"""ipqa as a retriever of LangChain. Needs langchain-core, which comes with ``ipqa[langchain]``.

>>> retriever = PolicyRetriever(policy=PolicySearch.open(), k=3, unit="市教育局")  # doctest: +SKIP
>>> chain = retriever | (lambda documents: [d.metadata["place"] for d in documents])  # doctest: +SKIP
"""

from __future__ import annotations

from ipqa.engine import PolicySearch
from ipqa.errors import MissingExtraError
from ipqa.interfaces.hits import hit_metadata
from ipqa.models import ClauseKind, Role

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ImportError as error:
    raise MissingExtraError(
        '接入 LangChain 需要 langchain-core,请运行 pip install "ipqa[langchain]"'
    ) from error


class PolicyRetriever(BaseRetriever):  # type: ignore[misc]
    """The clauses that answer a question, verbatim and best first, as LangChain documents.

    ``k`` and the filters are those of :meth:`ipqa.PolicySearch.search`, and so are the errors. A document's
    metadata is what :func:`ipqa.interfaces.hits.hit_metadata` says.
    """

    policy: PolicySearch
    k: int = 5
    unit: str | None = None
    role: Role | None = None
    doc: str | None = None
    section: str | None = None
    kind: ClauseKind | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = self.policy.search(
            query,
            self.k,
            unit=self.unit,
            role=self.role,
            doc=self.doc,
            section=self.section,
            kind=self.kind,
        )
        return [
            Document(page_content=h.clause.text, id=h.clause.id, metadata=hit_metadata(self.policy, h))
            for h in hits
        ]
