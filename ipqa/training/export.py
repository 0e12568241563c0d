"""Writing the encoder as a standard sentence-transformers directory with 8-bit rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer
from torch import nn

WEIGHTS_FILE = "model.safetensors"
_LARGEST = 127


def quantise(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as 8-bit integers and a scale for each.

    Args:
        rows: shape (tokens, dim).

    Returns:
        ``q``, shape (tokens, dim), and ``s``, shape (tokens,), with ``q * s[:, None]`` near ``rows``.
        A row of zeros has scale 0.
    """
    scales = np.abs(rows).max(axis=1) / _LARGEST
    safe = np.where(scales > 0, scales, 1)
    return np.rint(rows / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def reduce_dim(rows: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """Turn the rows to their principal axes and keep the first ``dim``: cosines change as little as they can.

    Args:
        rows: shape (tokens, wider).
        dim: how many axes to keep.

    Returns:
        Shape (tokens, dim); the rows themselves if they are no wider.
    """
    if rows.shape[1] <= dim:
        return rows
    axes = np.linalg.eigh(rows.T.astype(np.float64) @ rows)[1][:, ::-1]
    return np.ascontiguousarray((rows @ axes[:, :dim]).astype(np.float32))


def save_encoder(folder: Path, tokenizer: Tokenizer, rows: NDArray[np.float32]) -> None:
    """Write the directory that ``SentenceTransformer(folder)`` loads.

    sentence-transformers writes the configuration; its float weights are then replaced by ``embeddings``
    (int8) and ``weights`` (a scale per row), which it multiplies when it loads.

    Args:
        folder: made if it is not there; files in it are overwritten.
        tokenizer: cuts text into the tokens that ``rows`` stand for.
        rows: shape (tokens, dim).
    """
    folder.mkdir(parents=True, exist_ok=True)
    modules: list[nn.Module] = [StaticEmbedding(tokenizer, embedding_weights=rows), Normalize()]
    model = SentenceTransformer(modules=modules, similarity_fn_name="cosine", device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    embeddings, weights = quantise(rows)
    save_file({"embeddings": embeddings, "weights": weights}, folder / WEIGHTS_FILE)
    (folder / WEIGHTS_FILE).chmod(0o644)  # safetensors leaves it to its owner alone
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
