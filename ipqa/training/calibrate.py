"""Calibrate the abstention: ``python -m ipqa.training.calibrate --data DATA_DIR [--encoders DIR]``.

Questions of the bank, each held out, are about the plan; everyday questions about other laws, general
knowledge and other policies are not. A logistic regression on the raw scores of the best hit tells them apart
(Platt 1999). :data:`FALSE_REFUSALS` of the bank's questions fall below the threshold and are refused; below
``doubt``, where :data:`DOUBTS` of them lie, a question is refused if it holds words that the corpus lacks.
The questions of ``tests/data`` are not used.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from ipqa.answers.abstention import RELEVANCE_FILE
from ipqa.documents.corpus import list_corpus, parse_document
from ipqa.errors import IpqaError
from ipqa.retrieval.encoder import DEFAULT_ENCODER_PATH, StaticEncoder
from ipqa.retrieval.index import KNOWN, SCORES
from ipqa.retrieval.ranking import ASKED, Ranker, Weights
from ipqa.text.asking import Asking
from ipqa.text.lexicon import Lexicon
from ipqa.text.normalise import normalise
from ipqa.training.data import fold_of, read_json_pairs
from ipqa.training.examples import HeldOutBank
from ipqa.training.ranking import BANK_FOLDS, bank_encoders
from ipqa.training.sources import CMRC, LECOQA, read_questions
from ipqa.training.train import PROJECT

FALSE_REFUSALS, DOUBTS = 0.02, 0.08
JUDGED = (*SCORES, KNOWN)
_A_FOLD = 800  # bank questions
_OF_A_SOURCE = 800
_OUR_MATTER = re.compile(
    "知识产权|专利|商标|版权|著作权|地理标志|植物新品种|商业秘密|侵权|发明|创新|品牌|科技"
)
_BINS = 10


def best_scores(bank: HeldOutBank, questions: Sequence[str], ranker: Ranker) -> NDArray[np.float64]:
    """The raw scores of each question's best clause, shape (questions, scores)."""
    rows = []
    for question in questions:
        query, pool = bank.score(question)
        asked = ranker.asked(bank.index.facts[pool.ordinals], query.things)
        best = int(np.argmax(ranker.total({**pool.scores, ASKED: asked})))
        rows.append([float(pool.scores[name][best]) for name in JUDGED])
    return np.array(rows)


def other_questions(data: Path) -> list[str]:
    """Questions about other matters: other laws, general knowledge, other policies."""
    own = read_json_pairs(PROJECT / "data" / "train_pairs.jsonl", "q", "passage")
    policies = [p.a for p in own if not _OUR_MATTER.search(p.source + p.a + p.b)]
    laws = [normalise(q) for q, p in read_questions(data, LECOQA) if not _OUR_MATTER.search(q + p)]
    facts = [normalise(q) for q, p in read_questions(data, CMRC) if not _OUR_MATTER.search(q + p)]
    lines = (PROJECT / "data" / "other_questions.jsonl").read_text(encoding="utf-8").splitlines()
    typed = [normalise(json.loads(line)["q"]) for line in lines]
    rng = random.Random(1)
    drawn = [q for group in (policies, laws, facts) for q in rng.sample(group, min(_OF_A_SOURCE, len(group)))]
    return rng.sample(drawn + typed, len(drawn) + len(typed))


def fit(scores: NDArray[np.float64], ours: NDArray[np.bool_]) -> dict[str, Any]:
    """The record that is written: weights, bias, threshold, figures, and how often each chance came true."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=1000).fit(scores, ours)
    chance = model.predict_proba(scores)[:, 1]
    threshold, doubt = (float(np.quantile(chance[ours], share)) for share in (FALSE_REFUSALS, DOUBTS))
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    return {
        "weights": {name: round(float(w), 4) for name, w in zip(JUDGED, model.coef_[0], strict=True)},
        "bias": round(float(model.intercept_[0]), 4),
        "threshold": round(threshold, 4),
        "doubt": round(doubt, 4),
        "questions": len(ours),
        "false_refusals": float(np.mean(chance[ours] < threshold)),
        "others_refused": float(np.mean(chance[~ours] < threshold)),
        "calibration": [
            {"chance": float(chance[bins == b].mean()), "ours": float(ours[bins == b].mean()), "count": n}
            for b in range(_BINS)
            if (n := int((bins == b).sum()))
        ],
    }


@click.command(help="校准“规划说没说这件事”的判断。")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="公开语料所在的文件夹。")
@click.option("--encoders", type=click.Path(path_type=Path), help="各折编码器所在的文件夹;缺的训练后存入。")
@click.option("--out", type=click.Path(path_type=Path), default=RELEVANCE_FILE, help="写入的 JSON 文件。")
def main(data: Path, encoders: Path | None, out: Path) -> None:
    """Score both kinds of questions, fit, write."""
    asking, ranker, rng = Asking.of(Lexicon.load()), Ranker(Weights.load()), random.Random(0)
    try:
        parsed = [parse_document(files) for files in list_corpus(PROJECT / "corpus")]
        others = other_questions(data)
        scores, ours = [], []
        for fold, encoder in enumerate(bank_encoders(data, encoders)):
            bank = HeldOutBank(parsed, encoder, asking)
            held_out = [q for q in bank.questions if fold_of(q, BANK_FOLDS) == fold]
            for questions, label in (
                (rng.sample(held_out, _A_FOLD), True),
                (others[fold::BANK_FOLDS], False),
            ):
                scores.append(best_scores(bank, questions, ranker))
                ours.append(np.full(len(questions), label))
    except IpqaError as error:
        click.echo(f"错误:{error}", err=True)
        sys.exit(2)
    record = {"encoder": StaticEncoder.load(DEFAULT_ENCODER_PATH).fingerprint}
    record |= fit(np.concatenate(scores), np.concatenate(ours))
    out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"误拒 {record['false_refusals']:.3f},拒绝无关的 {record['others_refused']:.3f};已写入 {out}")


if __name__ == "__main__":
    main()
