"""What the page shows of an answer: verbatim, escaped, the leading units first."""

import dataclasses
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa.interfaces.web.desk import Filters
from ipqa.interfaces.web.marks import NO_VALUE, copy_button, notice, passage, reading, units
from ipqa.interfaces.web.render import Renderer
from ipqa.models import Answer, Citation, Clause, Document, Hit, Indicator, Responsibility, Span

VOID = {"br", "img", "meta", "link"}


ATTRIBUTES = {
    *("class", "type", "href", "role", "tabindex", "aria-label"),
    *("data-status", "data-question", "data-resolved", "data-clauses", "data-clause", "data-doc"),
    *("data-number", "data-copy", "data-share"),
}


class Tree(HTMLParser):
    """The text of the elements of a class, and of those of a tag; fails on tags that do not match."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.tags, self.attributes = [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert tag not in VOID
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        words = (dict(attrs).get("class") or "").split()
        self.texts.append([tag, words, ""])
        if tag != "input":  # it has no end
            self.open.append(self.texts[-1])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for element in self.open:
            element[2] += data

    def text(self, name):
        """The texts of the elements that have this class or tag, in order."""
        return [text for tag, words, text in self.texts if name in (tag, *words)]


def make_clause(text, start=100, **fields):
    fields = {"kind": "task", "section_path": (), **fields}
    return Clause(
        id="d#1",
        doc_id="d",
        start=start,
        end=start + len(text),
        text=text,
        sentences=(Span(start, start + len(text)),),
        **fields,
    )


def make_hit(clause, *highlights):
    return Hit(clause, 1.0, {}, highlights)


def make_answer(*hits, **fields):
    fields = {
        "question": "问",
        "resolved_question": "问",
        "status": "answered",
        "kind": "passages",
        "text": "",
        **fields,
    }
    return Answer(hits=hits, **fields)


def renderer(title="规划", **indicators):
    return Renderer(lambda doc_id: Document(doc_id, title, ""), indicators)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_passage_is_the_clause_whatever_is_marked(hash_policy, data):
    clause = data.draw(st.sampled_from(hash_policy.clauses))
    near = st.integers(max(0, clause.start - 50), clause.end + 50)
    spans = data.draw(st.lists(st.tuples(near, near).map(sorted).map(lambda pair: Span(*pair)), max_size=6))

    tree = Tree(renderer().card(1, make_hit(clause, *spans)))

    assert tree.text("ipqa-text") == [clause.text]
    marked = {i for span in spans for i in range(span.start, span.end)} & set(range(clause.start, clause.end))
    assert all(tree.text("mark"))
    assert "".join(tree.text("mark")) == "".join(clause.text[i - clause.start] for i in sorted(marked))


@given(st.text(min_size=1))
def test_any_text_stays_as_it_is(text):
    assert Tree(f"<p>{passage(make_clause(text), [])}</p>").text("p") == [text]


def test_every_clause_with_its_sentences_marked(hash_policy):
    for clause in hash_policy.clauses:
        tree = Tree(f"<p>{passage(clause, clause.sentences)}</p>")
        assert tree.text("p") == [clause.text]
        assert tree.text("mark") == [
            clause.text[s.start - clause.start : s.end - clause.start] for s in clause.sentences
        ]


def test_nothing_from_outside_becomes_markup():
    evil = '<script>alert("1")</script>&amp;'
    clause = make_clause(evil, section_path=(evil,), responsibility=(Responsibility(evil, "lead", evil),))
    indicator = Indicator(evil, evil, 2020, evil, 2025, evil, (), clause.id)
    answer = make_answer(
        make_hit(clause, Span(100, 105)), question=evil, resolved_question=evil + "?", missing=(evil,)
    )

    tree = Tree(renderer(title=evil, **{clause.id: indicator}).answer(answer))

    assert "script" not in tree.tags
    assert tree.text("ipqa-text") == [evil]
    assert tree.text("ipqa-place") == [f"{evil} › {evil}"]
    assert tree.text("ipqa-resolved") == [f"按「{evil}?」查找"]
    assert {a["data-question"] for a in tree.attributes if "data-question" in a} == {evil}
    assert {key for a in tree.attributes for key in a} <= ATTRIBUTES
    assert Tree(notice(evil)).text("ipqa-notice") == [evil]


def test_units_that_lead_come_first_and_keep_their_qualifier():
    tree = Tree(
        units(
            (
                Responsibility("市财政局", "support"),
                Responsibility("市法院", "responsible"),
                Responsibility("市工业和信息化局", "responsible", "军民融合部分"),
                Responsibility("市市场监管局", "lead"),
            )
        )
    )

    assert tree.text("dt") == ["牵头", "负责", "配合"]
    assert tree.text("dd") == ["市市场监管局", "市法院", "市工业和信息化局(军民融合部分)", "市财政局"]


def test_a_clause_without_units_has_no_empty_list():
    assert units(()) == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "读作:每万人口发明专利拥有量(件):2020 年 6.3 → 2025 年 9"),
        ({"base": None}, f"读作:每万人口发明专利拥有量(件):2020 年 {NO_VALUE} → 2025 年 9"),
        (
            {"measure": "", "base_year": None, "target_year": None},
            "读作:每万人口发明专利拥有量:基期 6.3 → 目标 9",
        ),
    ],
)
def test_an_indicator_row_is_read_out(changes, expected):
    row = Indicator("每万人口发明专利拥有量", "件", 2020, "6.3", 2025, "9", (), "d#1")

    (line,) = Tree(reading(dataclasses.replace(row, **changes))).text("ipqa-reading")

    assert line.startswith(expected + "(")


def test_each_indicator_row_of_the_plan_has_its_reading(hash_policy):
    view = Renderer(hash_policy.document, {i.clause_id: i for i in hash_policy.indicators()})
    for clause in hash_policy.clauses:
        readings = Tree(view.card(1, make_hit(clause))).text("ipqa-reading")
        assert len(readings) == (clause.kind == "indicator")


def test_a_card_says_where_the_passage_stands():
    clause = make_clause("原文。", kind="project", section_path=("三、保护", "专栏2"))

    tree = Tree(renderer(title="某规划").answer(make_answer(make_hit(clause), make_hit(clause))))

    assert tree.text("ipqa-number") == ["[1]", "[2]"]
    assert tree.text("ipqa-kind") == ["专栏项目"] * 2
    assert tree.text("ipqa-place") == ["某规划 › 三、保护 › 专栏2"] * 2


def test_the_question_is_repeated_only_where_it_was_changed():
    hit = make_hit(make_clause("原文。"))

    same = renderer().answer(make_answer(hit))
    changed = renderer().answer(make_answer(hit, resolved_question="前面的问题 问"))

    assert Tree(same).text("ipqa-resolved") == []
    assert Tree(changed).text("ipqa-resolved") == ["按「前面的问题 问」查找"]


def test_an_empty_answer_says_so():
    html = renderer().answer(make_answer(status="not_found", text="没有找到相关的条款。"))

    assert Tree(html).text("ipqa-notice") == ["没有找到相关的条款。"]
    assert "<ol" not in html


def test_what_the_plan_does_not_give_is_named():
    answer = make_answer(make_hit(make_clause("原文。")), status="related", missing=("没有电话号码",))

    assert Tree(renderer().answer(answer)).text("ipqa-missing") == ["没有直接写没有电话号码"]


def test_what_is_missing_is_said_before_the_passages():
    answer = make_answer(make_hit(make_clause("原文。")), status="related", missing=("规划未载明联系电话",))
    html = renderer().answer(answer)
    assert html.index("规划未载明联系电话") < html.index("ipqa-cards")
    assert "供参考" in html


def test_a_list_is_told_and_its_passages_are_folded_away():
    answer = make_answer(make_hit(make_clause("原文。")), kind="tasks", text="市甲局:共 1 项\n· 原文[1]")
    tree = Tree(renderer().answer(answer))
    assert "details" in tree.tags
    assert tree.text("ipqa-said") == ["规划写明市甲局:共 1 项原文[1]"]


def test_marks_of_citations_lead_to_their_sources_and_other_brackets_stay():
    clause = make_clause("原文。")
    citation = Citation(1, "d", clause.id, 100, 103, "原文。")
    answer = make_answer(make_hit(clause), citations=(citation,), text="原文。[1]另见[7]")

    tree = Tree(renderer().answer(answer))

    assert tree.text("ipqa-said") == ["规划写明原文。[1]另见[7]"]
    assert tree.text("ipqa-cite") == ["[1]"]


def test_what_limits_the_search_is_said():
    html = renderer().answer(make_answer(make_hit(make_clause("原文。"))), Filters(unit="市甲局"))

    assert Tree(html).text("ipqa-resolved") == ["只查「市甲局」"]


def test_a_copied_quote_carries_its_place():
    clause = make_clause("原文。", section_path=("五、转化", "(一)机制", "3.金融"))
    tree = Tree(copy_button(Document("d", "某规划", ""), clause, "原文。"))

    assert tree.attributes[0]["data-copy"] == "原文。(《某规划》五、(一)3)"


def test_votes_are_offered_only_where_they_are_kept():
    answer = make_answer(make_hit(make_clause("原文。")))

    assert Tree(renderer().answer(answer)).text("ipqa-votes") == []
    kept = dataclasses.replace(renderer(), votes=True)
    assert len(Tree(kept.answer(answer)).text("ipqa-votes")) == 1
