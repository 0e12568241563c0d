import pytest

from ipqa.text.pinyin import SoundIndex, adjoining, sound_of_words

COUNTS = {
    "密集": 90,
    "恶意抢注": 20,
    "整治": 40,
    "协会": 60,
    "自律": 30,
    "典型案例": 9,
    "专利": 300,
    "政治": 2,
    "银行": 8,
}
TEXTS = ["恶意抢注商标要整治", "行业协会自律", "专利密集型产业", "典型案例公布", "银行贷款的事"]
SHARES = {"的": 0.05, "是": 0.02, "商标": 1e-4, "事": 1e-3, "专利": 1e-4, "行业": 1e-4}


@pytest.fixture(scope="module")
def sounds():
    return SoundIndex(COUNTS, adjoining(TEXTS), sound_of_words(COUNTS))


def correct(sounds, *words):
    placed, start = [], 0
    for word in words:
        placed.append((start, word))
        start += len(word)
    return [(c.typed, c.meant) for c in sounds.correct(placed, lambda word: SHARES.get(word, 1e-6))]


def test_a_word_of_the_same_sound_is_meant(sounds):
    assert correct(sounds, "专利", "秘", "集") == [("秘集", "密集")]
    assert correct(sounds, "恶", "义", "枪", "注", "商标") == [("恶义枪注", "恶意抢注")]


def test_sounds_that_are_often_confused_count_as_alike_in_longer_words_only(sounds):
    assert correct(sounds, "恶", "意", "抢", "组") == [("恶意抢组", "恶意抢注")]  # zu for zhu
    assert correct(sounds, "制", "律") == []  # zhi lv for zi lv


def test_a_character_may_be_read_in_several_ways(sounds):
    assert correct(sounds, "自", "率") == [("自率", "自律")]


def test_of_words_that_sound_alike_the_commonest_is_meant(sounds):
    assert correct(sounds, "正", "治") == [("正治", "整治")]


def test_one_character_of_a_longer_word_may_differ_in_sound(sounds):
    assert correct(sounds, "典型", "案", "列") == [("典型案列", "典型案例")]


def test_what_stands_in_the_corpus_is_left_alone(sounds):
    assert correct(sounds, "银行", "贷", "款", "的", "事") == []
    assert correct(sounds, "专利", "协会") == []  # both are used, though never side by side


def test_common_words_are_left_alone(sounds):
    assert correct(sounds, "是", "事") == []


def test_words_that_do_not_adjoin_are_not_taken_together(sounds):
    assert sounds.correct([(0, "秘"), (2, "集")], lambda word: 1e-6) == []


def test_the_place_of_a_correction_is_that_in_the_text(sounds):
    (found,) = sounds.correct([(3, "专利"), (5, "秘"), (6, "集")], lambda word: SHARES.get(word, 1e-6))
    assert (found.start, found.end) == (5, 7)


def test_pairs_are_of_chinese_characters_only():
    assert adjoining(["专利 a商", "利益"]) == {"专利", "利益"}


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("伪造专利信息会不会上失信鸣单", "严重失信主体名单"),
        ("地里标志专用标志的覆盖律要多高", "覆盖率达到80%以上"),
        ("仲才调解中心在建吗", "仲裁调解中心"),
    ],
)
def test_a_mistyped_question_finds_its_clause(policy, question, quote):
    assert any(quote in hit.clause.text for hit in policy.search(question, k=3))
