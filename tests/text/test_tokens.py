import math
import re

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.text.tokens import Tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.with_words(["临空经济区(廊坊)管委会", "订单式发明专利池"])


def test_official_terms_stay_whole_and_give_their_parts(tokenizer):
    assert tokenizer.words("知识产权质押融资") == ["知识产权质押融资"]
    assert {"知识产权", "质押", "融资", "知识产权质押融资"} <= set(tokenizer.search_words("知识产权质押融资"))


def test_domain_words_of_the_corpus_are_kept_whole(tokenizer):
    assert "订单式发明专利池" in tokenizer.words("建立订单式发明专利池")
    assert "订单式发明专利池" not in Tokenizer.with_words().words("建立订单式发明专利池")


def test_the_same_dictionary_makes_the_same_tokenizer(tokenizer):
    again = Tokenizer(dict(tokenizer.weights), tokenizer.total)
    text = "推动订单式发明专利池与知识产权质押融资落地"
    assert again.search_words(text) == tokenizer.search_words(text)


@pytest.fixture(scope="module")
def oracle(tokenizer):
    """jieba itself, with the same dictionary."""
    peer = jieba.Tokenizer()
    total = tokenizer.total
    peer.FREQ = {word: round(math.exp(w) * total) if w else 0 for word, w in tokenizer.weights.items()}
    peer.total, peer.initialized = total, True
    return peer


def test_the_plan_is_cut_as_jieba_cuts_it(tokenizer, oracle, policy):
    text = normalise(policy.documents[0].text)
    runs = re.findall("[\u4e00-\u9fff]+", text)
    assert [tokenizer.words(run) for run in runs] == [oracle.lcut(run, HMM=False) for run in runs]


CHARACTERS = "知识产权质押融资专利的一了在不有发明人民银行廊坊市龘靐氼囧"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=12))
def test_any_characters_are_cut_as_jieba_cuts_them(tokenizer, oracle, run):
    assert tokenizer.words(run) == oracle.lcut(run, HMM=False)


def test_numbers_percentages_and_latin_words_are_words(tokenizer):
    assert tokenizer.words(normalise("达到3.7件,占GDP的6%,TISC")) == [
        "达到",
        "3.7",
        "件",
        "占",
        "gdp",
        "的",
        "6%",
        "tisc",
    ]


def test_punctuation_is_no_word(tokenizer):
    assert tokenizer.words("、,。!?——《》“”\u00a0") == []


def test_every_lexicon_line_has_three_fields_and_aliases():
    lexicon = Lexicon.load()
    assert len(lexicon.entries) > 1000
    assert all(entry.aliases for entry in lexicon.entries)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("which department leads trade secret protection", ("责任单位", "牵头", "商业秘密保护")),
        ("patents, patents and trade marks", ("专利", "商标")),
        ("the weather tomorrow", ()),
        ("tisc", ("技术与创新支持中心",)),
        ("专利导航", ()),
    ],
)
def test_english_words_and_phrases_have_chinese_terms(text, terms):
    assert Lexicon.load().chinese_terms(text) == terms


def test_unit_names_by_abbreviation_and_former_name():
    lexicon = Lexicon.load()
    assert "市场监管局" in lexicon.unit_names("市监局")
    assert "市场监管局" in lexicon.unit_names("工商局")
    assert lexicon.unit_names("天气预报") == ()
