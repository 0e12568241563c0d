import pytest

from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise


@pytest.fixture(scope="module")
def asking():
    return Asking.of(Lexicon.load())


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("全市要有几家", {"数量"}),
        ("这事归市监局管吗", {"责任单位"}),
        ("指标表里的基期是多少", {"数量", "指标", "现状"}),
        ("有哪些园区,分别在哪里", {"清单", "地点"}),
        ("How many patents by 2025?", {"数量", "目标"}),
        ("whatever", set()),
        ("专利导航", set()),
    ],
)
def test_things_asked_for(asking, question, things):
    assert asking.things(normalise(question)) == things
