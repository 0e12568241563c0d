"""What the page asks of the library: one place for its limits, its filters and its log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ipqa.engine import PolicySearch
from ipqa.errors import FeedbackError, QuestionError
from ipqa.interfaces.feedback import FeedbackStore
from ipqa.models import Answer
from ipqa.retrieval.query import MAX_QUESTION_LENGTH

_TURNS = 50  # of a long conversation, so many are handed on
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filters:
    """What the search is limited to; None does not limit."""

    unit: str | None = None
    section: str | None = None
    doc: str | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Desk:
    """Answers the page's questions over one corpus; keeps nothing of a conversation, so threads may share it.

    ``longest`` is the most characters of a question; ``feedback`` keeps votes and what was not answered,
    None keeps nothing.
    """

    policy: PolicySearch
    longest: int = MAX_QUESTION_LENGTH
    feedback: FeedbackStore | None = None

    def ask(self, question: str, turns: Sequence[str] | None, filters: Filters = NO_FILTERS) -> Answer:
        """Answer a question; ``turns``: the user's earlier ones, oldest first.

        Raises:
            QuestionError: as :meth:`PolicySearch.ask`, and if the question is longer than this page takes.
            ArgumentError: as :meth:`PolicySearch.ask`.
        """
        if isinstance(question, str) and len(question.strip()) > self.longest:
            raise QuestionError(f"问题太长:{len(question.strip())} 字,最多 {self.longest} 字")
        heard = turns[-_TURNS:] if isinstance(turns, list | tuple) else turns
        answer = self.policy.ask(question, heard, **asdict(filters))
        self._log(answer)
        return answer

    def _log(self, answer: Answer) -> None:
        if self.feedback is None:
            return
        try:
            self.feedback.unanswered(answer)
        except FeedbackError as error:  # who asks is to get the answer all the same
            _LOG.warning("%s", error)
