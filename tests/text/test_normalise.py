from hypothesis import given
from hypothesis import strategies as st

from ipqa.models import Span
from ipqa.text.normalise import has_letters, normalise, normalise_with_offsets, without_spaces

MIXED = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


def test_width_case_script_and_white_space_are_folded():
    assert normalise("  ＧＤＰ比重\u00a0\u3000達到６％ ") == "gdp比重 达到6%"


def test_words_that_look_traditional_but_are_not_stay():
    assert normalise("著作权、乾隆、于右任") == "著作权、乾隆、于右任"


def test_traditional_phrases_become_simplified():
    assert normalise("香河傢俱城、區塊鏈、海關") == "香河家具城、区块链、海关"


def test_a_character_that_becomes_several_maps_back_to_itself():
    folded = normalise_with_offsets("共㈠项")
    assert folded.text == "共(一)项"
    assert folded.to_original(1, 4) == Span(1, 2)


def test_folded_white_space_maps_back_to_all_of_it():
    folded = normalise_with_offsets("3.7\u00a0 件")
    assert folded.text == "3.7 件"
    assert folded.to_original(3, 4) == Span(3, 5)


@given(MIXED)
def test_offsets_ascend_and_stay_inside(text):
    folded = normalise_with_offsets(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@given(MIXED.filter(lambda text: text.strip() != ""))
def test_the_whole_normal_form_covers_every_visible_character(text):
    folded = normalise_with_offsets(text)
    covered = {i for s, e in zip(folded.starts, folded.ends, strict=True) for i in range(s, e)}
    assert {i for i, char in enumerate(text) if char.isalnum()} <= covered


@given(MIXED)
def test_normalising_twice_changes_nothing_for_plain_text(text):
    plain = "".join(c for c in text if c.isascii() or "\u4e00" <= c <= "\u9fff")
    assert normalise(normalise(plain)) == normalise(plain)


def test_letters_and_spaces():
    assert all(map(has_letters, ("专", "a", "5", "，é", "①")))
    assert not any(map(has_letters, ("", " \u3000", "，。_", "\u200b\x00")))
    assert without_spaces(" 专 利\n\u3000a\u00a0b ") == "专利ab"
