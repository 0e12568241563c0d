import pytest

from ipqa.documents.units import UnitDirectory
from ipqa.errors import UnknownUnitError
from ipqa.text.lexicon import Lexicon


@pytest.fixture(scope="module")
def units(plan):
    return UnitDirectory.of(plan.clauses, [plan.document], Lexicon.load())


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("市市场监管局", "市市场监管局"),
        ("市场监管局", "市市场监管局"),
        ("市监局", "市市场监管局"),
        ("廊坊市市场监管局", "市市场监管局"),
        ("宣传部", "市委宣传部"),
        ("法院", "市法院"),
        ("中级人民法院", "市法院"),
        ("人行廊坊中心分行", "人行廊坊中心支行"),
        ("统计", "市统计局"),
    ],
)
def test_a_unit_is_found_by_its_names(units, name, unit):
    assert units.resolve(name) == unit


@pytest.mark.parametrize(
    "name", ["县市场监管局", "省市场监管局", "河北省市场监管局", "三河市市场监管局", "市应急管理局"]
)
def test_units_of_another_level_or_place_are_other_units(units, name):
    with pytest.raises(UnknownUnitError, match=name):
        units.resolve(name)


def test_who_asks_for_a_unit_that_is_far_from_all_is_told_some_that_there_are(units):
    with pytest.raises(UnknownUnitError, match=rf"火星.*市市场监管局.*等 {len(units.names)} 个单位"):
        units.resolve("火星")
