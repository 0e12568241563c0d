"""Where a passage stands, as officials cite it: 《…规划》五、(一)3."""

from __future__ import annotations

from ipqa.documents.numbering import match_marker
from ipqa.models import Clause, Document


def cited_place(document: Document, clause: Clause) -> str:
    """The document's title and the numbers of the headings above the clause, its own last.

    A heading without a number stands in full, after a space: ``《…规划》五、专栏3 组织开展专利导航``.
    """
    place = ""
    for heading in clause.section_path:
        marker = match_marker(heading)
        place += heading[: marker.length].strip(" .．") if marker else f" {heading}"
    return f"《{document.title}》{place.rstrip('、')}"
