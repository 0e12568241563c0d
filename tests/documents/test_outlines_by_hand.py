"""Outlines of official documents as a person wrote them down who did not know the parser.

``tests/data/outlines/NN.txt`` is the document, ``NN.yaml`` its outline: headings with their levels, the
numbered items that are none, articles, notes of responsibility. Headings in ``doubtful`` and
``table_labels`` may be read either way.
"""

import re
from pathlib import Path

import pytest
import yaml

from ipqa.documents.clauses import MAX_CLAUSE_LENGTH, build_clauses
from ipqa.documents.numbering import match_marker
from ipqa.documents.outline import parse_outline
from ipqa.models import Document

OUTLINES = Path(__file__).parents[1] / "data" / "outlines"
NAMES = sorted(path.stem for path in OUTLINES.glob("*.yaml"))
ROLES = {"guide": "support"}  # those who give guidance count as supporting


class ByHand:
    """A document, what the parser reads in it, and what stands there."""

    def __init__(self, name):
        self.truth = yaml.safe_load((OUTLINES / f"{name}.yaml").read_text("utf-8"))
        self.text = (OUTLINES / f"{name}.txt").read_text("utf-8")
        self.outline = parse_outline(self.text, self.truth["title"])
        self.clauses = build_clauses(Document(name, self.truth["title"], self.text), self.outline)
        self.either = {
            fold(entry["text"] if isinstance(entry, dict) else entry)
            for key in ("doubtful", "table_labels")
            for entry in self.truth.get(key, ())
        }

    def headings(self):
        """The sections as the parser sees them, in order, each with the heading that it stands under."""
        found, before = [], ()
        for clause in self.clauses:
            path = [fold(label) for label in clause.section_path if is_heading(label)]
            for i, label in enumerate(path):
                if list(before[: i + 1]) != path[: i + 1]:
                    found.append((label, path[i - 1] if i else None))
            before = path
        return found

    def true_headings(self):
        """The headings by hand, each with the nearest above it."""
        found, open_headings = [], []
        for entry in self.truth["headings"]:
            open_headings = [h for h in open_headings if h["level"] < entry["level"]]
            found.append((fold(entry["text"]), fold(open_headings[-1]["text"]) if open_headings else None))
            open_headings.append(entry)
        return found


def fold(heading):
    return re.sub(r"\s", "", heading)


def is_heading(label):
    """Whether a label is more than the bare number of a paragraph without a heading."""
    number = r"[\d.．一二三四五六七八九十百]+"
    return not re.fullmatch(rf"[(（]?{number}[)）、.．]?|第{number}条", label)


@pytest.fixture(scope="module", params=NAMES)
def by_hand(request):
    return ByHand(request.param)


def test_every_heading_stands_above_its_sections_and_under_the_right_one(by_hand):
    found = [heading for heading in by_hand.headings() if heading[0] not in by_hand.either]
    expected = [heading for heading in by_hand.true_headings() if heading[0] not in by_hand.either]
    assert found == expected


def test_no_line_is_a_heading_but_those_and_the_title(by_hand):
    known = {text for text, _ in by_hand.true_headings()} | by_hand.either
    title = fold(by_hand.truth["title"])
    for span in by_hand.outline.headings:
        heading = fold(by_hand.text[span.start : span.end]).rstrip("。")
        assert heading == title or heading in known


def test_every_item_begins_a_clause_or_a_line_of_its_article(by_hand):
    begins = []
    for clause in by_hand.clauses:
        begins.append(clause.text)
        if clause.section_path and clause.section_path[-1] in by_hand.truth.get("articles", ()):
            begins.extend(clause.text[s.start - clause.start :] for s in clause.sentences[1:])
    for item in by_hand.truth["items"]:
        at = next((i for i, text in enumerate(begins) if text.startswith(item)), None)
        assert at is not None, item
        begins = begins[at + 1 :]


def test_every_article_is_one_clause(by_hand):
    articles = by_hand.truth.get("articles", [])
    found = [
        clause.section_path[-1]
        for clause in by_hand.clauses
        if not clause.continues and clause.section_path and clause.text.startswith("第")
        if match_marker(clause.text) and match_marker(clause.text).style.name == "条"
    ]
    assert found == articles


def test_as_many_units_of_reference_as_the_document_has(by_hand):
    """51 paragraphs (一) to (二十) and the like, whatever their headings."""
    numbered = {"条", "一、", "(一)"}
    styles = [
        marker.style.name
        for clause in by_hand.clauses
        if not clause.continues and (marker := match_marker(clause.text))
    ]
    if "clauses" in by_hand.truth:
        assert by_hand.truth["clauses"] in {styles.count(style) for style in numbered}


def test_every_note_gives_the_clause_that_holds_it_its_units(by_hand):
    cursor = 0
    for entry in by_hand.truth["responsibilities"]:
        start = by_hand.text.index(entry["note"], cursor)
        cursor = start + len(entry["note"])
        clause = next(c for c in by_hand.clauses if c.start <= start and cursor <= c.end)
        expected = [(unit["unit"], ROLES.get(unit["role"], unit["role"])) for unit in entry["units"]]
        assert [(r.unit, r.role) for r in clause.responsibility] == expected, entry["note"]
        under = entry["under"]
        assert under in clause.section_path or clause.text.startswith(under)


def test_nobody_is_responsible_where_no_note_says_so(by_hand):
    noted = [clause for clause in by_hand.clauses if clause.responsibility and not clause.continues]
    assert len(noted) == len(by_hand.truth["responsibilities"])


def test_every_character_is_in_one_clause_heading_or_piece_of_furniture(by_hand):
    spans = [*by_hand.clauses, *by_hand.outline.headings, *by_hand.outline.furniture]
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, char in enumerate(by_hand.text) if not char.isspace()} <= set(covered)


def test_clauses_are_verbatim_and_short(by_hand):
    for clause in by_hand.clauses:
        assert clause.text == by_hand.text[clause.start : clause.end]
        assert len(clause.text) <= MAX_CLAUSE_LENGTH
        assert all(fold(label) in fold(by_hand.text) for label in clause.section_path)
