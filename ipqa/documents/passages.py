"""What an outline consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ipqa.models import Span

PassageKind = Literal["paragraph", "article", "project", "row", "duty"]


@dataclass(frozen=True)
class Passage:
    """Body text under its headings; ``section_path`` as in :class:`ipqa.models.Clause`.

    A heading that is broken into lines stands in ``section_path`` in one line. ``table`` is which of the
    outline's table headers a row belongs to.
    """

    start: int
    end: int
    section_path: tuple[str, ...]
    kind: PassageKind = "paragraph"
    table: int | None = None


@dataclass(frozen=True)
class Outline:
    """Headings (the title among them), passages and furniture, each in document order.

    ``table_headers`` lie within passages. Furniture is a web page's, or a table of contents.
    """

    headings: tuple[Span, ...]
    passages: tuple[Passage, ...]
    furniture: tuple[Span, ...]
    table_headers: tuple[Span, ...]
