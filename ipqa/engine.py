"""PolicySearch: the one object that users of the library hold."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ipqa.answers.abstention import Relevance
from ipqa.answers.answering import Answerer
from ipqa.answers.compose import Composer, verify
from ipqa.answers.dialogue import heard_turns, resume
from ipqa.answers.listing import Lister
from ipqa.answers.question import QuestionUnderstanding
from ipqa.answers.small_talk import small_talk
from ipqa.answers.suggesting import Suggester
from ipqa.documents.corpus import list_corpus
from ipqa.documents.topics import read_all_topics
from ipqa.documents.units import UnitDirectory
from ipqa.errors import UnknownClauseError, UnknownDocumentError
from ipqa.models import Answer, Citation, Clause, ClauseKind, Document, Hit, Indicator, Role, Topic, Unit
from ipqa.retrieval.build import Progress
from ipqa.retrieval.encoder import Encoder, load_encoder
from ipqa.retrieval.filters import ClauseFilter, find_documents, make_filter, notices_of
from ipqa.retrieval.index import Mask
from ipqa.retrieval.manifest import Manifest
from ipqa.retrieval.naming import DocumentNames
from ipqa.retrieval.query import QueryReader, check_question
from ipqa.retrieval.ranking import Ranker, Weights
from ipqa.retrieval.search import Searcher
from ipqa.retrieval.state import new_manifest
from ipqa.retrieval.update import Library, open_library
from ipqa.settings import load_settings
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


class PolicySearch:
    """Search, answers, tasks and indicators over a corpus of policy documents.

    Make one with :meth:`open`. It holds no state of a conversation and may be shared by threads.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        manifest: Manifest,
        topics: Callable[[], tuple[Topic, ...]] = tuple,
    ) -> None:
        index, documents = library.index, library.documents
        self._documents = dict(documents)
        self._index = index
        self._clauses = {clause.id: clause for clause in index.clauses}
        lexicon = Lexicon.load()
        asking, weights = Asking.of(lexicon), Weights.load()
        ranked = asking.only({*weights.asked, *weights.sentence_asked})
        reader = QueryReader(index.tokenizer, lexicon, index.sounds, ranked)
        self._searcher = Searcher(
            index, encoder, reader, Ranker(weights), DocumentNames.of(documents.values(), index.clauses)
        )
        self._units = UnitDirectory.of(index.clauses, documents.values(), lexicon)
        matters = frozenset(map(normalise, (*lexicon.topics(), *library.words)))
        indicators = {i.clause_id: i for i in index.indicators}
        self._answerer = Answerer(
            QuestionUnderstanding.of(asking, self._units, documents.values()),
            Relevance.load(encoder.fingerprint),
            Composer(self.document, indicators, self._units),
            Lister(index.clauses, indicators, self._units.canonical),
            Suggester(index.clauses, self._clauses.get, indicators, self._units),
            self._units,
            index.clauses,
            self.documents,
            index.tokenizer,
            index.holds,
            library.text,
            matters,
        )
        self.manifest = manifest
        self._warnings = library.warnings
        self._guidance = cache(topics)  # read when first asked for: most commands never do

    @classmethod
    def open(
        cls,
        corpus: str | Path | None = None,
        index: str | Path | None = None,
        encoder: str | Encoder | None = None,
        *,
        rebuild: bool = False,
        progress: Progress = _silent,
    ) -> PolicySearch:
        """Open a corpus; its index is built if it is missing or stale.

        Args:
            corpus: the folder of documents; the setting ``IPQA_CORPUS`` or ``corpus/`` if None.
            index: the folder of the index; the setting ``IPQA_INDEX`` or ``index/`` if None.
            encoder: an encoder, or what :func:`ipqa.retrieval.encoder.load_encoder` takes; the setting
                ``IPQA_ENCODER`` or the one that ships with the package if None.
            rebuild: build even if the index is fresh.
            progress: called with what is being done, how much of it is done, and of how much.

        Raises:
            SettingsError: if a setting cannot be used.
            CorpusError: if the corpus is missing, empty or cannot be read.
            EncoderError: if the encoder cannot be loaded.
            IndexDamagedError: if an index file is damaged; ``rebuild`` mends that.
        """
        settings = load_settings()
        files = list_corpus(Path(corpus or settings.corpus))
        folder = Path(index or settings.index)
        if encoder is None or isinstance(encoder, str):
            encoder = load_encoder(encoder or settings.encoder, settings.query_prompt)
        library, manifest = open_library(
            files, folder, encoder, new_manifest(encoder), rebuild=rebuild, progress=progress
        )
        clauses = library.index.clauses

        def topics() -> tuple[Topic, ...]:
            return read_all_topics(files, library.documents, clauses)

        if library.built:
            topics()  # so that a wrong file is named when it is new
        return cls(library, encoder, manifest, topics)

    @property
    def documents(self) -> tuple[Document, ...]:
        """All documents, by id."""
        return tuple(self._documents.values())

    @property
    def clauses(self) -> Sequence[Clause]:
        """All clauses, in document order."""
        return self._index.clauses

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read for certain when the index was built."""
        return self._warnings

    def document(self, doc_id: str) -> Document:
        """A document by id.

        Raises:
            UnknownDocumentError: if there is none; offers the nearest ids.
        """
        if not isinstance(doc_id, str) or doc_id not in self._documents:
            nearest = difflib.get_close_matches(str(doc_id), self._documents, n=3, cutoff=0.3)
            near = "、".join(nearest or list(self._documents)[:3])
            raise UnknownDocumentError(f"没有文件“{doc_id}”,现有:{near}")
        return self._documents[doc_id]

    def clause(self, clause_id: str) -> Clause:
        """A clause by id.

        Raises:
            UnknownClauseError: if there is none.
        """
        if not isinstance(clause_id, str) or clause_id not in self._clauses:
            raise UnknownClauseError(f"没有条款“{clause_id}”")
        return self._clauses[clause_id]

    def search(
        self,
        question: str,
        k: int = 5,
        *,
        unit: str | None = None,
        role: Role | None = None,
        doc: str | None = None,
        section: str | None = None,
        kind: ClauseKind | None = None,
        issuer: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> tuple[Hit, ...]:
        """The clauses that answer a question, best first.

        Args:
            question: one to 500 characters.
            k: how many hits at most, from 1.
            unit: only clauses that name this unit; aliases are understood.
            role: only clauses where the unit (any unit, if none is given) has this role.
            doc: only this document.
            section: only clauses under a heading that holds this text.
            kind: only clauses of this kind.
            issuer: only documents whose issuer holds this text.
            since: only documents published on or after this day (``2022-08-24``, ``2022-08`` or ``2022``).
            until: only documents published on or before this day.

        Raises:
            QuestionError: if the question is blank, too long or without letters and digits.
            ArgumentError: if an argument is out of range or names what does not exist.
        """
        allowed = self._mask(
            self._filter((doc, issuer, since, until), unit=unit, role=role, section=section, kind=kind)
        )
        query = self._searcher.reader.read(check_question(question))
        return self._searcher.search(query, k, allowed)

    def ask(
        self,
        question: str,
        history: Sequence[str] | None = (),
        k: int = 5,
        *,
        unit: str | None = None,
        role: Role | None = None,
        doc: str | None = None,
        section: str | None = None,
        kind: ClauseKind | None = None,
        issuer: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        """Answer a question with verbatim passages.

        Args:
            question: one to 500 characters.
            history: the user's earlier turns, oldest first; a question that leans on them is read with them.
            k: how many hits at most, from 1.
            unit: as in :meth:`search`, and so are the other filters.
            role: a role.
            doc: a document's id.
            section: a heading's text.
            kind: a clause kind.
            issuer: an issuer.
            since: a day.
            until: a day.

        Raises:
            QuestionError: as :meth:`search`.
            ArgumentError: as :meth:`search`, and for a history that is no sequence of strings.
        """
        question = check_question(question)
        if talk := small_talk(normalise(question)):
            return replace(self._answerer.chat(talk), question=question, resolved_question=question)
        listed = () if history is None else history
        accept = self._filter((doc, issuer, since, until), unit=unit, role=role, section=section, kind=kind)
        is_list = isinstance(listed, Sequence) and not isinstance(listed, str)
        resumed = resume(question, listed) if is_list else None
        asked = resumed.question if resumed else question
        turns = heard_turns(asked, resumed.history if resumed else listed, self._answerer.has_topic)
        query = self._searcher.reader.read(asked, turns)

        def search(count: int) -> tuple[Hit, ...]:
            return self._searcher.search(query, count, self._mask(accept))

        if resumed and resumed.page:
            answer = self._answerer.more(search(k * (resumed.page + 1))[k * resumed.page :])
        elif resumed:
            answer = self._answerer.place(resumed.place_of, search(max(k, resumed.place_of)))
        else:
            told = tuple(map(normalise, turns))
            answer = self._answerer.answer(query, told, lambda: search(k), accept is not None)
        notices = notices_of(map(self.document, dict.fromkeys(c.doc_id for c in answer.citations)))
        return replace(answer, question=question, resolved_question=query.reading, notices=notices)

    def tasks(self, unit: str, role: Role | None = None, *, doc: str | None = None) -> tuple[Clause, ...]:
        """Every task and project whose note names the unit, in document order: complete, not the top k.

        Args:
            unit: the unit; aliases are understood.
            role: only where the unit has this role.
            doc: only this document.

        Raises:
            UnknownUnitError: if no note names the unit; offers the nearest names.
            ArgumentError: if the role or the document does not exist.
        """
        self.unit(unit)  # None, which elsewhere means any unit, is refused
        accept = self._filter((doc,), unit=unit, role=role)
        return tuple(c for c in self._clauses_of(accept) if c.kind in ("task", "project") and not c.continues)

    def indicators(self, unit: str | None = None, *, doc: str | None = None) -> tuple[Indicator, ...]:
        """The indicators in table order, all or those that a unit answers for.

        Raises:
            UnknownUnitError: if no note names the unit; offers the nearest names.
            UnknownDocumentError: if there is no such document.
        """
        accept = self._filter((doc,), unit=unit)
        rows = {clause.id for clause in self._clauses_of(accept)}
        return tuple(i for i in self._index.indicators if i.clause_id in rows)

    def topics(self, *, doc: str | None = None) -> tuple[Topic, ...]:
        """办事指引: the needs of enterprises, each with every clause that serves it, in the files' order.

        Raises:
            TopicsError: if a topics file is wrong; names the file and the topic.
            UnknownDocumentError: if there is no such document.
        """
        wanted = self._documents if doc is None else {self.document(doc).id}
        return tuple(topic for topic in self._guidance() if topic.doc_id in wanted)

    def units(self) -> tuple[Unit, ...]:
        """Every unit that a note names, with how often it is named and leads, the busiest first."""
        return self._units.board(self.clauses)

    def unit(self, name: str) -> str:
        """The name that the units board lists a unit under: 市监局 → 市市场监管局.

        Raises:
            UnknownUnitError: if no note names the unit; offers the nearest names.
        """
        return self._units.resolve(name)

    def verify(self, citation: Citation) -> bool:
        """Whether the quote still stands in its document, and in its clause, where the citation says.

        Raises:
            UnknownDocumentError: if the document is gone.
        """
        return verify(citation, self.document(citation.doc_id), self._clauses.get(citation.clause_id))

    def _filter(self, documents: Sequence[str | None], **limits: Any) -> ClauseFilter | None:  # noqa: ANN401
        doc, *others = documents
        if doc is not None:
            self.document(doc)
        doc_ids = find_documents(self.documents, doc, *others)
        return make_filter(self.clauses, self._units, doc_ids=doc_ids, **limits)

    def _mask(self, accept: ClauseFilter | None) -> Mask | None:
        if accept is None:
            return None
        return np.fromiter(map(accept, self.clauses), dtype=np.bool_, count=len(self.clauses))

    def _clauses_of(self, accept: ClauseFilter | None) -> Iterator[Clause]:
        return filter(accept, self.clauses) if accept else iter(self.clauses)
