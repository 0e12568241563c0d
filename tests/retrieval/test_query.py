import pytest


@pytest.fixture(scope="module")
def reader(policy):
    return policy._searcher.reader


def test_a_question_is_read_in_normal_form_with_its_words_and_what_it_asks_for(reader):
    query = reader.read("專利質押融資　多少？")
    assert query.text == "专利质押融资 多少?"
    assert {"专利", "质押融资", "质押", "融资", "多少"} <= set(query.words)
    assert query.things == {"数量"}
    assert query.reading == "專利質押融資　多少？"
    assert (query.context, query.context_words) == ("", ())


def test_a_typing_error_is_mended_and_shown_so_the_rest_as_typed(reader):
    query = reader.read("　ＩＰ 的恶义抢注　怎么办？")
    assert "恶意抢注" in query.text
    assert "恶意抢注" in query.words
    assert query.reading == "　ＩＰ 的恶意抢注　怎么办？"


def test_earlier_turns_are_context_with_words_of_their_own(reader):
    query = reader.read("由谁负责?", ["商業秘密保护工程", "都做什么"])
    assert query.text == "由谁负责?"
    assert query.context == "商业秘密保护工程 都做什么"
    assert "商业秘密" in query.context_words
    assert "商业秘密" not in query.words
    assert query.reading == "商業秘密保护工程 都做什么 由谁负责?"


def test_an_english_question_gets_the_chinese_terms_behind_it(reader):
    query = reader.read("Who leads trade secret protection?")
    assert query.text.startswith("who leads trade secret protection? ")
    assert {"责任单位", "商业秘密"} <= set(query.words)
    assert query.reading == "Who leads trade secret protection?(责任单位、商业秘密保护)"
    assert reader.read("IP专利").text == "ip专利"


def test_ask_tells_how_the_question_was_read(policy):
    assert policy.ask("商标恶义抢注").resolved_question == "商标恶意抢注"
    assert policy.ask("商标恶意抢注").resolved_question == "商标恶意抢注"
