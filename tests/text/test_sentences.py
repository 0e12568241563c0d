from hypothesis import given
from hypothesis import strategies as st

from ipqa.models import Span
from ipqa.text.sentences import split_sentences


def texts(text):
    return [text[s.start : s.end] for s in split_sentences(text)]


def test_sentences_end_at_chinese_marks_of_either_width():
    assert texts("一是这样。二是那样;三是什么?四是！") == ["一是这样。", "二是那样;", "三是什么?", "四是！"]


def test_a_full_stop_in_a_number_ends_nothing():
    assert texts("1.达到3.7件。2.完成") == ["1.达到3.7件。", "2.完成"]


def test_closing_quotes_go_with_their_sentence():
    assert texts("他说“行。”然后走了。") == ["他说“行。”", "然后走了。"]


def test_only_the_stretch_asked_for_is_split():
    assert split_sentences("甲。乙。丙。", 2, 4) == (Span(2, 4),)


@given(st.text(alphabet="甲乙丙。;!? \n\u00a0”3.", max_size=80))
def test_every_visible_character_is_in_exactly_one_sentence(text):
    spans = split_sentences(text)
    covered = [i for s in spans for i in range(s.start, s.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, c in enumerate(text) if not c.isspace()} <= set(covered)
