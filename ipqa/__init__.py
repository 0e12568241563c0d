"""ipqa: semantic search over Chinese government policy, with verbatim, clause-level citations."""

from ipqa.engine import PolicySearch
from ipqa.models import Answer, Citation, Clause, Document, Hit, Indicator, Responsibility, Span, Unit

__all__ = [
    "Answer",
    "Citation",
    "Clause",
    "Document",
    "Hit",
    "Indicator",
    "PolicySearch",
    "Responsibility",
    "Span",
    "Unit",
]
