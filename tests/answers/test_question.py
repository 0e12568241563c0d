"""问的是什么、关于什么：一张例子的表。"""

import pytest

from ipqa.answers.question import QuestionUnderstanding, gazetteer, years
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise


@pytest.fixture(scope="module")
def understanding(policy):
    return QuestionUnderstanding.of(Asking.of(Lexicon.load()), policy._units, policy.documents)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("商标指导站谁来牵头建", {"牵头", "责任单位"}),
        ("快维中心的办公电话是多少", {"联系电话"}),
        ("服务平台的网址发我", {"网址"}),
        ("领导小组组长是谁", {"负责人姓名"}),
        ("备案要几个工作日", {"办理时限"}),
        ("申请要交什么材料", {"申请材料"}),
        ("登记收费吗", {"收费标准"}),
        ("一件专利奖励多少钱", {"补助标准"}),
        ("占比是百分之几", {"比例数"}),
        ("赔偿最高几倍", {"倍数"}),
        ("五年要增加多少", {"增减"}),
        ("有没有提到区块链", {"是否提到"}),
        ("教育局有哪些任务", {"承担任务", "清单"}),
    ],
)
def test_what_is_asked_for(understanding, question, asks):
    assert asks <= understanding.understand(normalise(question)).asks


@pytest.mark.parametrize(
    ("question", "units", "others"),
    [
        ("市监局要做什么", ("市市场监管局",), ()),
        ("工信局和人社局谁管", ("市工业和信息化局", "市人力资源社会保障局"), ()),
        ("发改委、农业局、中院", ("市发展改革委", "市农业农村局", "市法院"), ()),
        ("市应急管理局负责什么", (), ("市应急管理局",)),
        ("专利导航怎么做", (), ()),
    ],
)
def test_units_by_any_of_their_names(understanding, question, units, others):
    understood = understanding.understand(normalise(question))
    assert understood.units == units
    assert understood.other_units == others


def test_places_elsewhere_are_told_from_the_corpus_own(understanding):
    assert understanding.understand("廊坊市的目标").places == ()
    assert understanding.understand("保定市和唐山的目标").places == ("保定", "唐山")
    assert {"保定", "三河", "通州", "西藏"} <= gazetteer()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年", [2023]),
        ("到2030年", [2030]),
        ("23年", [2023]),
        ("“十五五”期间", [2030]),
        ("十三五和十二五", [2020, 2015]),
        ("十五家企业", []),
        ("1295万元", []),
        ("2000家", []),
        ("20年内", []),
    ],
)
def test_years(text, found):
    assert list(years(normalise(text))) == found


def test_names_in_quotes(understanding):
    assert understanding.understand(normalise("“雏鹰计划”支持谁")).names == ("雏鹰计划",)
