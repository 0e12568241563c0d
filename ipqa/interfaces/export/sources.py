"""What every exported file says about itself: which documents it quotes, and when it was made."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from ipqa.models import Document


def source_lines(documents: Iterable[Document]) -> tuple[str, ...]:
    """A line for each document: its title, who issued it and when."""
    lines = []
    for document in documents:
        published = f"{document.published} 发布" if document.published else ""
        details = ",".join(filter(None, (document.issuer, published)))
        lines.append(f"来源:《{document.title}》" + (f"({details})" if details else ""))
    return tuple(lines)


def date_line() -> str:
    """The day of the export."""
    return f"导出日期:{datetime.date.today().isoformat()}"
