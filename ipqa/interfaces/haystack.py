"""ipqa as a component of Haystack. Needs haystack-ai, which comes with ``ipqa[haystack]``.

>>> pipeline.add_component("retriever", PolicyRetriever(corpus="corpus", top_k=3))  # doctest: +SKIP
>>> Pipeline.loads(pipeline.dumps(), allowed_modules=["ipqa.*"])  # doctest: +SKIP

Haystack itself reports usage to its makers unless ``HAYSTACK_TELEMETRY_ENABLED=False`` is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipqa.engine import PolicySearch
from ipqa.errors import ArgumentError, MissingExtraError
from ipqa.interfaces.hits import hit_metadata

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ImportError as error:
    raise MissingExtraError('接入 Haystack 需要 haystack-ai,请运行 pip install "ipqa[haystack]"') from error

# What a Haystack filter may name, with or without "meta." before it, and what the search calls it.
_FIELDS = {name: name for name in ("unit", "role", "doc", "section", "kind")} | {"doc_id": "doc"}


@component
class PolicyRetriever:
    """The clauses that answer a question, verbatim and best first, as Haystack documents.

    A document's meta is what :func:`ipqa.interfaces.hits.hit_metadata` says. Filters are ``==`` on the
    fields unit, role, doc_id (or doc), section and kind, alone or joined by AND; they mean what the
    arguments of :meth:`ipqa.PolicySearch.search` mean, and the errors are its own.

    Args:
        policy: what is searched; if None, :meth:`ipqa.PolicySearch.open` opens the next three when needed.
        corpus: the folder of documents; this and the next two are what is saved.
        index: the folder of the index.
        encoder: an encoder's name or path.
        top_k: how many documents at most.
        filters: a Haystack filter, for runs that bring none of their own.

    Raises:
        ArgumentError: if the filter cannot be used here; names the field or the operator.
    """

    def __init__(
        self,
        policy: PolicySearch | None = None,
        *,
        corpus: str | Path | None = None,
        index: str | Path | None = None,
        encoder: str | None = None,
        top_k: int = 5,
        filters: dict[str, Any] | None = None,
    ) -> None:
        if filters:
            _limits(filters)  # a wrong one is named now, not at the first run
        self.top_k, self.filters = top_k, filters
        self._policy, self._can_reopen = policy, policy is None or corpus is not None
        folders = {"corpus": corpus and str(corpus), "index": index and str(index)}
        self._source: dict[str, Any] = {**folders, "encoder": encoder}
        component.set_output_types(self, documents=list[Document])

    def warm_up(self) -> PolicySearch:
        """Open the corpus, if that is not done; its index is built if it is missing or stale."""
        if self._policy is None:
            self._policy = PolicySearch.open(**self._source)
        return self._policy

    def run(
        self, query: str, top_k: int | None = None, filters: dict[str, Any] | None = None
    ) -> dict[str, list[Document]]:
        """Search; ``top_k`` and ``filters`` take the place of those that the component was made with."""
        policy = self.warm_up()
        limits = _limits(filters or self.filters) if filters or self.filters else {}
        hits = policy.search(query, self.top_k if top_k is None else top_k, **limits)
        found = [(hit.clause, hit_metadata(policy, hit), hit.score) for hit in hits]
        return {"documents": [Document(id=c.id, content=c.text, meta=m, score=s) for c, m, s in found]}

    def to_dict(self) -> dict[str, Any]:
        """What :meth:`from_dict` needs: settings only, nothing that is open.

        Raises:
            ArgumentError: if only an open policy was given, which does not say where its corpus lies.
        """
        if not self._can_reopen:
            raise ArgumentError("只给了打开的 policy,没有给 corpus:存下来不知道该打开哪里,请一并给出 corpus")
        saved: dict[str, Any] = default_to_dict(self, **self._source, top_k=self.top_k, filters=self.filters)
        return saved

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PolicyRetriever:
        """A component from what :meth:`to_dict` gave; the corpus is opened when first needed."""
        made: PolicyRetriever = default_from_dict(cls, data)
        return made


def _limits(filters: object) -> dict[str, Any]:
    """A Haystack filter as arguments of the search."""
    if not isinstance(filters, Mapping):
        raise ArgumentError(f"筛选条件应是字典,而不是 {filters!r}")
    operator, value = filters.get("operator"), filters.get("value")
    if "field" not in filters:
        conditions, limits = filters.get("conditions"), dict[str, Any]()
        if operator != "AND" or not isinstance(conditions, list):
            raise ArgumentError(f"筛选条件只能用 AND 连接一个列表,而不是 {operator!r}")
        for name, value in (limit for condition in conditions for limit in _limits(condition).items()):
            if limits.setdefault(name, value) != value:
                raise ArgumentError(f"{name} 只能有一个值,而不是 {limits[name]!r} 和 {value!r}")
        return limits
    field = str(filters["field"]).removeprefix("meta.")
    if field not in _FIELDS:
        raise ArgumentError(f"不能按 {field} 筛选,可以用的有:{'、'.join(_FIELDS)}")
    if operator != "==" or not isinstance(value, str):
        raise ArgumentError(f"{field} 只能用 == 与文字比较,而不是 {operator!r} {value!r}")
    return {_FIELDS[field]: value}
