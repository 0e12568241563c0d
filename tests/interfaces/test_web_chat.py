"""The chat handler: what it makes of a history, and of errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.errors import QuestionError
from ipqa.interfaces.web.chat import chat_handler, earlier_turns, user_message
from ipqa.models import Answer


class Recorder:
    """Stands in for PolicySearch: keeps what it was asked, answers nothing or fails."""

    def __init__(self, error=None):
        self.error, self.asked = error, []

    def indicators(self):
        return ()

    def document(self, doc_id):
        raise AssertionError("no hit, no document")

    def ask(self, question, history):
        self.asked.append((question, list(history)))
        if self.error:
            raise self.error
        return Answer(question, question, "not_found", "passages", "没有找到。")


BOTH_SHAPES = [
    pytest.param(lambda text: text, id="string"),
    pytest.param(lambda text: [{"type": "text", "text": text}], id="blocks"),
    pytest.param(lambda text: [text], id="list-of-strings"),
    pytest.param(lambda text: {"type": "text", "text": text}, id="one-block"),
]


@pytest.mark.parametrize("content", BOTH_SHAPES)
def test_the_users_turns_go_along_oldest_first(content):
    search = Recorder()
    history = [
        {"role": "user", "content": content("第一问")},
        {"role": "assistant", "content": content("<ol>…</ol>")},
        {"role": "user", "content": content("第二问"), "metadata": None, "options": None},
        {"role": "assistant", "content": [{"type": "component", "component": "html", "value": "<p>"}]},
    ]

    reply = chat_handler(search)("由谁牵头?", history)

    assert search.asked == [("由谁牵头?", ["第一问", "第二问"])]
    assert "没有找到。" in reply


def test_blocks_that_are_no_text_are_passed_over():
    blocks = [{"type": "file", "file": {"path": "a.png"}}, {"type": "text", "text": "问"}, None]

    assert earlier_turns([{"role": "user", "content": blocks}, {"role": "user", "content": [None]}]) == ["问"]


@given(st.text(min_size=1).filter(str.strip))
def test_a_question_comes_back_from_the_history_as_it_was_asked(question):
    assert earlier_turns([user_message(question)]) == [question]


def test_a_question_cannot_put_markup_into_the_chat():
    assert user_message("<b>&</b>")["content"] == "&lt;b&gt;&amp;&lt;/b&gt;"


def test_an_error_of_the_library_is_a_plain_message():
    reply = chat_handler(Recorder(QuestionError("问题<太长>")))("问", [])

    assert reply == '<p class="ipqa-notice">问题&lt;太长&gt;</p>'


def test_another_error_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        chat_handler(Recorder(ZeroDivisionError()))("问", [])


def test_a_short_question_is_read_with_the_one_before(hash_policy):
    reply = chat_handler(hash_policy)("由谁牵头?", [user_message("商标品牌指导站")])

    assert "按「商标品牌指导站 由谁牵头?」查找" in reply


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("  ", "问题是空的"),
        ("问" * 501, "问题太长:501 字"),
        ("???", "没有文字或数字"),
    ],
)
def test_a_question_that_cannot_be_searched_is_refused_in_words(hash_policy, question, message):
    reply = chat_handler(hash_policy)(question, [])

    assert message in reply
    assert "Error" not in reply
