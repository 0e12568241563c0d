"""ipqa as a retriever of LlamaIndex. Needs llama-index-core, which comes with ``ipqa[llamaindex]``.

>>> retriever = PolicyRetriever(PolicySearch.open(), k=3, unit="市教育局")  # doctest: +SKIP
>>> engine = RetrieverQueryEngine.from_args(retriever, llm=llm)  # doctest: +SKIP
"""

from __future__ import annotations

import asyncio

from ipqa.engine import PolicySearch
from ipqa.errors import MissingExtraError
from ipqa.interfaces.hits import hit_metadata
from ipqa.models import ClauseKind, Hit, Role

try:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ImportError as error:
    raise MissingExtraError(
        '接入 LlamaIndex 需要 llama-index-core,请运行 pip install "ipqa[llamaindex]"'
    ) from error

_SHOWN = "place"  # of the metadata, what a reranker and a language model read beside the text


class PolicyRetriever(BaseRetriever):  # type: ignore[misc]
    """The clauses that answer a question, verbatim and best first, as LlamaIndex nodes.

    A node's metadata is what :func:`ipqa.interfaces.hits.hit_metadata` says; its ``ref_doc_id`` is the
    document's id.

    Args:
        policy: what is searched.
        k: how many nodes at most; this and the filters are those of :meth:`ipqa.PolicySearch.search`, and
            so are the errors.
        unit: only clauses that name this unit.
        role: only clauses where the unit has this role.
        doc: only this document.
        section: only clauses under a heading that holds this text.
        kind: only clauses of this kind.
        callback_manager: LlamaIndex's, for tracing.
    """

    def __init__(
        self,
        policy: PolicySearch,
        k: int = 5,
        *,
        unit: str | None = None,
        role: Role | None = None,
        doc: str | None = None,
        section: str | None = None,
        kind: ClauseKind | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager)
        self.policy = policy
        self.k = k
        self.unit = unit
        self.role = role
        self.doc = doc
        self.section = section
        self.kind = kind

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self.policy.search(
            query_bundle.query_str,
            self.k,
            unit=self.unit,
            role=self.role,
            doc=self.doc,
            section=self.section,
            kind=self.kind,
        )
        return [NodeWithScore(node=self._node(hit), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def _node(self, hit: Hit) -> TextNode:
        clause, metadata = hit.clause, hit_metadata(self.policy, hit)
        hidden = [key for key in metadata if key != _SHOWN]
        return TextNode(
            id_=clause.id,
            text=clause.text,
            metadata=metadata,
            excluded_embed_metadata_keys=hidden,
            excluded_llm_metadata_keys=hidden,
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=clause.doc_id)},
            start_char_idx=clause.start,
            end_char_idx=clause.end,
        )
