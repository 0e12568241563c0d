"""What the services ask of the library: one place for limits, the names and links of clauses, the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from ipqa.answers.citing import title_of
from ipqa.documents.numbering import match_marker
from ipqa.documents.places import cited_place
from ipqa.engine import PolicySearch
from ipqa.errors import FeedbackError, QuestionError
from ipqa.interfaces.feedback import FeedbackStore
from ipqa.models import Answer, Clause, ClauseKind, Hit, Role
from ipqa.retrieval.query import MAX_QUESTION_LENGTH
from ipqa.settings import Settings

_TURNS = 50  # of a long conversation, so many are handed on
_LONGEST_NAME = 40  # characters; of a longer first sentence the beginning
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filters:
    """What a search is limited to, named as the library's keyword arguments; None does not limit."""

    unit: str | None = None
    role: Role | None = None
    doc: str | None = None
    section: str | None = None
    kind: ClauseKind | None = None
    issuer: str | None = None
    since: str | None = None
    until: str | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Service:
    """Searches and answers for programs; keeps nothing of a conversation, so threads may share it.

    ``longest`` is the most characters of a question, ``base`` what links begin with: an address or a path,
    ``""`` at the root. ``feedback`` keeps what was not answered, None keeps nothing. ``indicators`` are the
    names of indicators by their clauses' ids.
    """

    policy: PolicySearch
    longest: int = MAX_QUESTION_LENGTH
    base: str = ""
    feedback: FeedbackStore | None = None
    indicators: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, policy: PolicySearch, settings: Settings, feedback: FeedbackStore | None = None) -> Service:
        """The service over an open corpus, as the settings have it."""
        names = {indicator.clause_id: indicator.name for indicator in policy.indicators()}
        return cls(policy, settings.max_question, settings.public_url or settings.root_path, feedback, names)

    def search(self, question: str, k: int, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """The clauses that answer a question, best first.

        Raises:
            QuestionError: as :meth:`PolicySearch.search`, and if the question is longer than is let.
            ArgumentError: as :meth:`PolicySearch.search`.
        """
        self._check_length(question)
        return self.policy.search(question, k, **asdict(filters))

    def ask(
        self, question: str, history: Sequence[str] = (), k: int = 5, filters: Filters = NO_FILTERS
    ) -> Answer:
        """Answer a question; ``history``: the user's earlier ones, oldest first.

        Raises:
            QuestionError: as :meth:`search`.
            ArgumentError: as :meth:`search`.
        """
        self._check_length(question)
        answer = self.policy.ask(question, history[-_TURNS:], k, **asdict(filters))
        self._log(answer)
        return answer

    def link(self, clause_id: str) -> str:
        """The page's own link to a clause."""
        return f"{self.base}/?clause={quote(clause_id, safe='')}"

    def place(self, clause: Clause) -> str:
        """Where a clause stands, as officials cite it."""
        return cited_place(self.policy.document(clause.doc_id), clause)

    def title(self, clause: Clause) -> str:
        """A clause's place and what it is called; the number of its heading stands in the place."""
        place, name = self.place(clause), self.indicators.get(clause.id) or title_of(clause)
        if marker := match_marker(name):
            name = name[marker.length :].strip()
        if name in place:
            return place
        return f"{place} {name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + '…'}"

    def _check_length(self, question: str) -> None:
        if len(question.strip()) > self.longest:
            raise QuestionError(f"问题太长:{len(question.strip())} 字,最多 {self.longest} 字")

    def _log(self, answer: Answer) -> None:
        if self.feedback is None:
            return
        try:
            self.feedback.unanswered(answer)
        except FeedbackError as error:  # who asks is to get the answer all the same
            _LOG.warning("%s", error)
