import json
import shutil

import numpy as np
import pytest

from ipqa.errors import EncoderError
from ipqa.retrieval.encoder import DEFAULT_ENCODER_PATH, StaticEncoder, load_encoder, unit_length
from ipqa.text.normalise import normalise

WORDS = 200


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def texts(plan):
    sentences = [plan.document.text[s.start : s.end] for c in plan.clauses for s in c.sentences]
    questions = [q.question for q in plan.questions]
    mixed = [*sentences[::4], *questions[::60], "How many trademarks by 2025?", "3.7 % ", "龘靐齉爩"]
    return [normalise(text) for text in mixed][:WORDS]


def test_numpy_and_sentence_transformers_give_the_same_vectors(encoder, texts):
    from sentence_transformers import SentenceTransformer

    assert len(texts) == WORDS
    theirs = unit_length(
        np.asarray(SentenceTransformer(str(DEFAULT_ENCODER_PATH)).encode(texts), dtype=np.float32)
    )
    ours = encoder.encode_document(texts)
    known = np.linalg.norm(ours, axis=1) > 0
    assert known.sum() > WORDS - 5
    assert (theirs[known] * ours[known]).sum(axis=1).min() >= 0.999
    assert np.array_equal(known, np.linalg.norm(theirs, axis=1) > 0)


def test_vectors_are_of_length_one_or_zero(encoder):
    vectors = encoder.encode_query(["知识产权", "", "专利 贷款"])
    assert vectors.shape == (3, encoder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode_query([]).shape == (0, encoder.dim)


def test_everyday_words_are_near_official_ones(encoder):
    question, answer, other = encoder.encode_query(
        ["拿专利跟银行借钱", "推动知识产权质押融资", "加强中小学知识产权普及教育"]
    )
    assert question @ answer > question @ other


def test_the_model_directory_is_small_enough():
    assert sum(f.stat().st_size for f in DEFAULT_ENCODER_PATH.rglob("*") if f.is_file()) <= 20_000_000


def test_the_fingerprint_follows_the_weights(tmp_path, encoder):
    copy = tmp_path / "encoder"
    shutil.copytree(DEFAULT_ENCODER_PATH, copy)
    assert load_encoder(str(copy)).fingerprint == encoder.fingerprint
    tokenizer = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    (copy / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1), encoding="utf-8")
    assert load_encoder(str(copy)).fingerprint != encoder.fingerprint


def test_a_damaged_or_missing_model_is_named(tmp_path):
    for name in ("model.safetensors", "tokenizer.json"):
        copy = tmp_path / name.split(".")[0]
        shutil.copytree(DEFAULT_ENCODER_PATH, copy)
        (copy / name).write_bytes(b"{}")
        with pytest.raises(EncoderError, match=copy.name):
            StaticEncoder.load(copy)
    with pytest.raises(EncoderError, match="nowhere"):
        load_encoder("nowhere")
