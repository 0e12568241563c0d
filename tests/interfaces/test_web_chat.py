"""The chat handler: what it makes of a history, and of errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipqa.errors import FeedbackError, QuestionError
from ipqa.interfaces.web.chat import chat_handler, earlier_turns, user_message
from ipqa.interfaces.web.desk import NO_FILTERS, Desk, Filters
from ipqa.interfaces.web.render import Renderer
from ipqa.models import Answer


class Recorder:
    """Stands in for PolicySearch: keeps what it was asked, answers nothing or fails."""

    def __init__(self, error=None):
        self.error, self.asked = error, []

    def document(self, doc_id):
        raise AssertionError("no hit, no document")

    def ask(self, question, history, **filters):
        self.asked.append((question, list(history), filters))
        if self.error:
            raise self.error
        return Answer(question, question, "not_found", "passages", "没有找到。")


def handler(search, **desk):
    return chat_handler(Desk(search, **desk), Renderer(search.document, {}))


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

    reply = handler(search)("由谁牵头?", history, NO_FILTERS)

    nothing = {"unit": None, "section": None, "doc": None}
    assert search.asked == [("由谁牵头?", ["第一问", "第二问"], nothing)]
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
    reply = handler(Recorder(QuestionError("问题<太长>")))("问", [], NO_FILTERS)

    assert reply == '<p class="ipqa-notice" role="status">问题&lt;太长&gt;</p>'


def test_another_error_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        handler(Recorder(ZeroDivisionError()))("问", [], NO_FILTERS)


def test_a_short_question_is_read_with_the_one_before(hash_policy):
    reply = handler(hash_policy)("由谁牵头?", [user_message("商标品牌指导站")], NO_FILTERS)

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
    reply = handler(hash_policy)(question, [], NO_FILTERS)

    assert message in reply
    assert "Error" not in reply


def test_filters_go_along():
    search = Recorder()
    handler(search)("问", [], Filters("市法院", "四、", "plan"))

    assert search.asked[0][2] == {"unit": "市法院", "section": "四、", "doc": "plan"}


def test_the_page_may_take_shorter_questions_than_the_library():
    search = Recorder()
    reply = handler(search, longest=5)("一二三四五六", [], NO_FILTERS)

    assert "问题太长:6 字,最多 5 字" in reply
    assert search.asked == []


def test_what_was_not_answered_is_kept_and_a_full_disk_does_not_cost_the_answer():
    class Store:
        def __init__(self):
            self.kept = []

        def unanswered(self, answer):
            self.kept.append(answer.question)
            raise FeedbackError("磁盘满了")

    store = Store()
    reply = handler(Recorder(), feedback=store)("问", [], NO_FILTERS)

    assert store.kept == ["问"]
    assert "没有找到。" in reply
