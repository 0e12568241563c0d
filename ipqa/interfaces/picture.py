"""Pictures for people who judge the program. Needs matplotlib, which comes with ``ipqa[eval]``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ipqa.errors import ArgumentError, MissingExtraError
from ipqa.evaluation import Outcome

_BINS = 10


def draw_calibration(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw how sure the program was that a question is about the corpus, and how often it was so.

    Questions whose type says that they are far from the corpus (``far`` in it) are not about it, all others
    are.

    Args:
        outcomes: of the questions asked.
        path: the picture's file; its ending decides on the format.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        ArgumentError: if the file cannot be written.
    """
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError as error:
        raise MissingExtraError("画图需要 matplotlib,请运行 pip install 'ipqa[eval]'") from error
    chance = np.array([outcome.relevance for outcome in outcomes])
    ours = np.array(["far" not in outcome.type for outcome in outcomes])
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    held = [b for b in range(_BINS) if (bins == b).any()]
    figure, axes = pyplot.subplots(figsize=(5, 4.5), dpi=130)
    axes.plot([0, 1], [0, 1], color="#b9c3cc", linewidth=1)
    axes.plot(
        [chance[bins == b].mean() for b in held],
        [ours[bins == b].mean() for b in held],
        "o-",
        color="#b5301f",
    )
    for b in held:
        place = (chance[bins == b].mean(), ours[bins == b].mean())
        axes.annotate(str((bins == b).sum()), place, textcoords="offset points", xytext=(6, -10), fontsize=7)
    axes.set_xlabel("chance that the question is about the corpus, as judged")
    axes.set_ylabel("share of questions that are")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.05)
    figure.tight_layout()
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise ArgumentError(f"无法写入图片 {path}:{error}") from error
    finally:
        pyplot.close(figure)
