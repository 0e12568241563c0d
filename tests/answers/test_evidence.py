"""引文里没有所问的那一样,就说没有。"""

import pytest

from ipqa.answers.evidence import find_missing
from ipqa.models import Clause, Hit, Span, Understanding

PERIOD = range(2020, 2026)


def hit(text, kind="task", score=20.0):
    return Hit(
        Clause("d#0", "d", kind, 0, len(text), text, (), (Span(0, len(text)),)),
        score,
        {},
        (Span(0, len(text)),),
    )


def missing(passage, question, kind="task", **understood):
    return find_missing(question, Understanding(**understood), [hit(passage, kind)], PERIOD, "规划")


@pytest.mark.parametrize(
    ("thing", "without", "holding"),
    [
        ("联系电话", "建设维权中心。", "咨询电话0316-2345678。"),
        ("网址", "建设服务平台。", "网址www.example.cn。"),
        ("详细地址", "位于开发区。", "位于建设路12号。"),
        ("负责人姓名", "成立领导小组。", "组长由张三同志担任。"),
        ("办理时限", "快速授权。", "10个工作日内办结。"),
        ("申请材料", "推进登记。", "提交下列材料。"),
        ("收费标准", "推进登记。", "每件300元。"),
        ("补助标准", "资助金额1295万元。", "每件奖励2000元。"),
        ("比例数", "给予贴息。", "贴息50%。"),
        ("倍数", "实施惩罚性赔偿。", "赔偿五倍以下。"),
        ("申报条件", "支持有条件的企业。", "职工不少于50人。"),
    ],
)
def test_what_is_asked_for_has_a_form(thing, without, holding):
    assert missing(without, "问", asks=frozenset({thing}))
    assert not missing(holding, "问", asks=frozenset({thing}))


def test_a_year_without_figures_is_named_with_the_period():
    (told,) = missing("有效注册商标量66860件。", "2023年有多少件", asks=frozenset({"数量"}), years=(2023,))
    assert told == "规划没有2023年的数据(规划期为2021—2025年)"
    assert not missing("2023年达到7万件。", "2023年有多少件", asks=frozenset({"数量"}), years=(2023,))


def test_the_base_year_and_a_year_of_the_period_without_a_figure_asked_are_no_miss():
    assert not missing("商标指导站建设。", "2020年以来怎么做", years=(2020,))
    assert not missing("商标指导站建设。", "2024年还办吗", years=(2024,))


def test_the_last_year_needs_an_aim_that_is_not_about_the_past():
    assert not missing("到2025年建成强市。", "2025年的目标", asks=frozenset({"目标"}), years=(2025,))
    asked = {"asks": frozenset({"目标", "数量"}), "years": (2025,)}
    assert missing("“十三五”期间专利申请量46046件,超过目标值。", "2025年申请总量目标", **asked)
    assert not missing("力争达到5家。", "2025年几家", **asked)
    assert not missing("品牌机构(家)15", "2025年几家", kind="indicator", **asked)


def test_another_place_and_a_place_without_its_own_number():
    value = frozenset({"数量"})
    assert missing("达到9件。", "保定市有多少件", asks=value, places=("保定",)) == (
        "规划没有保定的数字",
        "规划未载明具体数量(多少件)",
    )
    shared = "三河市、固安县占全市总量的80%。"
    assert missing(shared, "三河市有多少件", asks=value, places=("三河",)) == ("规划未载明具体数量(多少件)",)
    assert not missing("霸州建成快速维权中心。", "霸州有什么中心", places=("霸州",))


def test_numbers_have_to_count_the_same_kind_of_thing():
    assert missing("落实技术调查官制度。", "聘了多少名调查官", asks=frozenset({"数量"}))
    assert not missing("聘用12名调查官。", "聘了多少名调查官", asks=frozenset({"数量"}))


def test_only_passages_near_the_best_one_count():
    far = hit("咨询电话0316-2345678。", score=5.0)
    asked = Understanding(asks=frozenset({"联系电话"}))
    assert find_missing("电话", asked, [hit("建设中心。"), far], PERIOD, "规划") == ("规划未载明联系电话",)
