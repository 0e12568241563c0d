import pytest

from ipqa.answers.small_talk import small_talk
from ipqa.text.normalise import normalise


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你好呀", "greeting"),
        ("Hello!", "greeting"),
        ("谢谢,辛苦了", "thanks"),
        ("你能做什么", "self"),
        ("你是真人还是机器人", "self"),
        ("你好,专利贷款有什么支持", None),
        ("谢谢,那商标呢", None),
        ("怎样才能评上优势企业", None),
        ("商标是不是归市监局管", None),
    ],
)
def test_small_talk_is_told_from_questions(text, kind):
    assert small_talk(normalise(text)) == kind
