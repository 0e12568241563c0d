"""“规划说没说这件事”的校准：已知的 logistic 由样本找回，门槛落在该落的分位上。"""

import json

import numpy as np
import pytest

from ipqa.answers.abstention import RELEVANCE_FILE, Relevance
from ipqa.retrieval.encoder import DEFAULT_ENCODER_PATH, StaticEncoder
from ipqa.training.calibrate import DOUBTS, FALSE_REFUSALS, JUDGED, fit


def drawn(count, seed=0):
    """Scores of which one tells and the others do not, with labels drawn by a known logistic function."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(count, len(JUDGED)))
    chance = 1 / (1 + np.exp(-(1.0 + 2.0 * scores[:, 0])))
    return scores, random.random(count) < chance


def test_the_fit_finds_the_function_that_the_labels_were_drawn_with():
    record = fit(*drawn(20_000))
    assert record["bias"] == pytest.approx(1.0, abs=0.1)
    weights = [record["weights"][name] for name in JUDGED]
    assert weights == pytest.approx([2.0, *[0.0] * (len(JUDGED) - 1)], abs=0.1)


def test_the_chances_come_true_and_the_thresholds_are_quantiles():
    scores, ours = drawn(20_000)
    record = fit(scores, ours)
    for row in record["calibration"]:
        assert row["ours"] == pytest.approx(row["chance"], abs=0.05)
    judge = Relevance(record["weights"], record["bias"], record["threshold"], record["doubt"])
    chances = np.array([judge.of(dict(zip(JUDGED, row, strict=True))) for row in scores[ours][:4000]])
    assert np.mean(chances < judge.threshold) == pytest.approx(FALSE_REFUSALS, abs=0.01)
    assert np.mean(chances < judge.doubt) == pytest.approx(DOUBTS, abs=0.02)


def test_what_ships_was_calibrated_for_the_encoder_that_ships():
    record = json.loads(RELEVANCE_FILE.read_text(encoding="utf-8"))
    assert record["encoder"] == StaticEncoder.load(DEFAULT_ENCODER_PATH).fingerprint
    assert set(record["weights"]) == set(JUDGED)
    assert 0 < record["threshold"] < record["doubt"] < 1
