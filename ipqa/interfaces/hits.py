"""What every adapter to another framework says about a hit, as JSON can carry it."""

from __future__ import annotations

from typing import Any

from ipqa.documents.places import cited_place
from ipqa.engine import PolicySearch
from ipqa.interfaces.payload import to_payload
from ipqa.models import Hit


def hit_metadata(policy: PolicySearch, hit: Hit) -> dict[str, Any]:
    """Where a passage stands, who is responsible, and how it was found.

    ``start``, ``end`` and ``highlights`` count code points in the document's text; ``place`` is how
    officials cite the passage.
    """
    clause, document = hit.clause, policy.document(hit.clause.doc_id)
    return {
        "id": clause.id,
        "doc_id": clause.doc_id,
        "title": document.title,
        "section_path": list(clause.section_path),
        "place": cited_place(document, clause),
        "kind": clause.kind,
        "units": [{"name": r.unit, "role": r.role, "qualifier": r.qualifier} for r in clause.responsibility],
        "start": clause.start,
        "end": clause.end,
        "score": hit.score,
        "scores": to_payload(dict(hit.scores)),
        "highlights": [[span.start, span.end] for span in hit.highlights],
        "issuer": document.issuer,
        "published": document.published,
        "number": document.number,
    }
