"""词表、训练、量化与写出:用几对编出来的文本从头到尾走一遍。"""

from collections import Counter

import numpy as np
import pytest
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from ipqa.training.data import Pair, make_pair
from ipqa.training.export import quantise, reduce_dim, save_encoder
from ipqa.training.initial import initial_values, learn_word_vectors
from ipqa.training.measure import encode, measure_bm25, measure_rows
from ipqa.training.model import ComposedEmbedding, Schedule, TokenTable, Trainer
from ipqa.training.vocabulary import build_features, build_tokenizer, choose_words, row_features, token_list

COUNTS = Counter(
    {
        "知识产权": 50,
        "知识": 20,
        "产权": 20,
        "质押": 10,
        "贷款": 10,
        "保护": 30,
        "patent": 3,
        "3.7": 2,
        "2025": 4,
        "的": 90,
        "补贴": 6,
        "商标": 9,
        "海外": 5,
        "维权": 7,
        "罕见词": 1,
    }
)
PAIRS = [
    make_pair(a, b)
    for a, b in (
        ("专利贷款有补贴吗", "对知识产权质押贷款给予补贴"),
        ("在国外被侵权怎么办", "建设海外维权援助机制"),
        ("商标被仿冒找谁", "加强商标保护"),
        ("patent loan", "知识产权质押"),
    )
]
TEXTS = [text for pair in PAIRS for text in (pair.a, pair.b)]


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer(
        choose_words(COUNTS, ["援助机制", *"专利国外侵怎么办找谁仿冒有吗对给予建设加强被在"], 100)
    )


@pytest.fixture(scope="module")
def features(tokenizer):
    return build_features(token_list(tokenizer))


def _model(features, dim=16, seed=0):
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(len(features.names), dim)).astype(np.float32)
    return ComposedEmbedding(features, vectors, np.ones(len(features.names), np.float32))


@pytest.fixture(scope="module")
def rows(tokenizer, features):
    schedule = Schedule(epochs=20, batch=4, rates=(0.05, 0.02), drop=0.0)
    return Trainer(_model(features), tokenizer, PAIRS, schedule).run(lambda message: None)


def test_words_are_kept_whole_and_the_rest_falls_to_characters(tokenizer):
    cut = tokenizer.encode("知识产权的Ｐatent，3.7件;2025年!", add_special_tokens=False).tokens
    assert [t for t in cut if t != "件" and t != "年"] == ["知识产权", "的", "patent", "3.7", "2025"]


def test_blank_and_foreign_texts_have_no_known_token(tokenizer):
    for text in ("", " \n", "。!?", "ψ"):
        assert set(tokenizer.encode(text, add_special_tokens=False).ids) <= {0}


def test_the_size_cuts_rare_words_but_never_wanted_ones_or_characters():
    words = choose_words(COUNTS, ["想要的词"], size=0)
    assert "想要的词" in words
    assert "知识产权" not in words
    assert {"知", "识", "罕"} <= set(words)
    assert list(words) == sorted(words, key=lambda w: (-words[w], w))


def test_a_token_is_made_of_itself_its_words_characters_and_bigrams(tokenizer, features):
    names = [features.names[i] for i in features.of(tokenizer.token_to_id("知识产权"))]
    assert names == ["=知识产权", "=知识", "=产权", ".知", ".识", ".产", ".权", ":识产"]
    assert [features.names[i] for i in features.of(tokenizer.token_to_id("patent"))] == ["=patent"]
    assert len(features.of(0)) == 0


def test_rows_of_features_are_gathered_in_order(features):
    tokens = np.array([5, 0, 9, 5])
    ids, offsets = row_features(features, tokens)
    expected = [features.of(token) for token in tokens]
    assert ids.tolist() == np.concatenate(expected).tolist()
    assert offsets.tolist() == np.cumsum([0, *map(len, expected)])[:-1].tolist()


def test_the_folded_rows_give_the_vectors_of_the_composition(tokenizer, features):
    model = _model(features)
    table = TokenTable(tokenizer, TEXTS)
    tokens, owners = table.gather(np.arange(len(TEXTS)))
    composed = model(tokens, owners, len(TEXTS)).detach().numpy()
    folded = encode(tokenizer, model.fold(), TEXTS)
    np.testing.assert_allclose(composed, folded, atol=1e-5)
    assert not model.fold()[0].any()


def test_training_brings_every_pair_together(tokenizer, features, rows):
    before = measure_rows(tokenizer, _model(features).fold(), PAIRS)
    after = measure_rows(tokenizer, rows, PAIRS)
    assert after.first == 1.0
    assert after.mrr >= before.mrr


def test_pairs_of_one_topic_are_not_held_against_each_other(tokenizer, features):
    pairs = [Pair("商标", "商标保护", "同"), Pair("商标维权", "海外维权", "同")]
    trainer = Trainer(_model(features), tokenizer, pairs, Schedule(drop=0.0))
    assert trainer._loss(trainer._rows).item() == 0.0


def test_quantising_keeps_the_directions(rows):
    embeddings, scales = quantise(rows)
    restored = embeddings * scales[:, None]
    assert embeddings.dtype == np.int8
    cosines = (
        (rows * restored).sum(1)[1:] / np.linalg.norm(rows[1:], axis=1) / np.linalg.norm(restored[1:], axis=1)
    )
    assert cosines.min() > 0.99
    assert scales[0] == 0
    assert not embeddings[0].any()


def test_reducing_keeps_cosines_where_the_rows_have_no_more_axes():
    random = np.random.default_rng(1)
    rows = (random.normal(size=(50, 4)) @ random.normal(size=(4, 12))).astype(np.float32)
    np.testing.assert_allclose(
        reduce_dim(rows, 4) @ reduce_dim(rows, 4).T, rows @ rows.T, rtol=1e-3, atol=1e-3
    )
    assert reduce_dim(rows, 12) is rows


def test_the_written_directory_loads_and_gives_the_same_vectors(tmp_path, tokenizer, rows):
    folder = tmp_path / "模型"
    save_encoder(folder, tokenizer, rows)
    texts = [*TEXTS, "", "!?"]
    loaded = SentenceTransformer(str(folder), device="cpu").encode(texts)
    weights = load_file(folder / "model.safetensors")
    restored = weights["embeddings"] * weights["weights"][:, None]
    reread = Tokenizer.from_file(str(folder / "tokenizer.json"))
    np.testing.assert_allclose(loaded, encode(reread, restored, texts), atol=1e-5)
    assert (loaded * encode(tokenizer, rows, texts)).sum(1)[: len(TEXTS)].min() > 0.99
    assert not loaded[-2:].any()


def test_word_vectors_give_every_feature_a_start(tokenizer, features):
    vectors, counts = learn_word_vectors(tokenizer, TEXTS * 5, dim=8, epochs=1, workers=1, seed=1)
    assert counts["知识产权"] == 10
    start, weights = initial_values(features, vectors, counts, dim=8, seed=1)
    lengths = dict(zip(features.names, np.linalg.norm(start, axis=1), strict=True))
    assert lengths["=知识产权"] == pytest.approx(2.0, abs=1e-3)
    assert lengths[".知"] == pytest.approx(2.0, abs=1e-3)
    assert lengths["=罕见词"] < 0.1
    assert weights.min() > 0
    names = list(features.names)
    assert weights[names.index("=知识产权")] < weights[names.index("=罕见词")]


def test_equal_scores_count_half():
    pairs = [Pair("甲", "保护", "保护"), Pair("乙", "维权", "维权")]
    recall = measure_bm25(pairs)  # no word in common: every passage scores 0, so the ranks are 1.5
    assert (recall.first, recall.five, recall.mrr) == (0.0, 1.0, pytest.approx(1 / 1.5))
