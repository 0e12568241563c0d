"""Encoders: text to unit vectors. The only module outside training that imports sentence-transformers.

The default encoder is a sentence-transformers directory (StaticEmbedding) that ships with the package. It is
read here with NumPy and ``tokenizers``: importing torch would cost seconds at every start.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from ipqa.errors import EncoderError
from ipqa.settings import DEFAULT_ENCODER

Vectors = npt.NDArray[np.float32]

DEFAULT_ENCODER_PATH = Path(__file__).parent / "resources" / "encoder"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_STATIC_MODULE = "StaticEmbedding"
_WEIGHTS_FILE, _TOKENIZER_FILE, _MODULES_FILE = "model.safetensors", "tokenizer.json", "modules.json"


class Encoder(Protocol):
    """What the index asks of an encoder. Texts come normalised (:mod:`ipqa.text.normalise`)."""

    @property
    def name(self) -> str:
        """A name to show."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors may: an index made with another fingerprint is rebuilt."""

    @property
    def dim(self) -> int:
        """The vectors' length."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, float32 ``[len(texts), dim]``; zero where nothing is known."""

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, float32 ``[len(texts), dim]``; zero where nothing is known."""


@dataclass(frozen=True)
class StaticEncoder:
    """A StaticEmbedding model read without torch: the mean of the tokens' rows, scaled to length one."""

    name: str
    fingerprint: str
    tokenizer: Tokenizer
    embeddings: npt.NDArray[Any]
    scales: Vectors

    @classmethod
    def load(cls, path: Path) -> StaticEncoder:
        """Read a model directory.

        Raises:
            EncoderError: if a file is missing or cannot be read; names it.
        """
        try:
            tensors = load_file(path / _WEIGHTS_FILE)
        except (OSError, SafetensorError, ValueError) as error:
            raise EncoderError(f"无法读取编码器 {path / _WEIGHTS_FILE}:{error}") from error
        try:
            tokenizer = Tokenizer.from_file(str(path / _TOKENIZER_FILE))
        except Exception as error:  # nothing narrower: tokenizers raises Exception itself
            raise EncoderError(f"无法读取编码器的词表 {path / _TOKENIZER_FILE}:{error}") from error
        embeddings = tensors.get("embeddings", tensors.get("embedding.weight"))
        if embeddings is None:
            raise EncoderError(f"编码器 {path / _WEIGHTS_FILE} 里没有词向量")
        if "mapping" in tensors:
            embeddings = embeddings[tensors["mapping"]]
        scales = tensors.get("weights", np.ones(len(embeddings))).astype(np.float32)
        tokenizer.no_padding()
        return cls(path.name, _fingerprint(path), tokenizer, embeddings, scales)

    @property
    def dim(self) -> int:
        """The vectors' length."""
        return int(self.embeddings.shape[1])

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """As :meth:`Encoder.encode_query`."""
        return self._encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """As :meth:`Encoder.encode_document`."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        for vector, encoding in zip(vectors, encodings, strict=True):
            ids = encoding.ids
            vector[:] = self.scales[ids] @ self.embeddings[ids].astype(np.float32)
        return unit_length(vectors)


@dataclass(frozen=True)
class SentenceTransformerEncoder:
    """Any other sentence-transformers model, with its query prompt."""

    name: str
    fingerprint: str
    model: Any
    query_prompt: str

    @classmethod
    def load(cls, name_or_path: str, query_prompt: str) -> SentenceTransformerEncoder:
        """Load a model by name or path.

        Raises:
            EncoderError: if it cannot be loaded.
        """
        path = Path(name_or_path)
        if not path.is_dir() and not _HUB_NAME.fullmatch(name_or_path):
            raise EncoderError(f"找不到编码器 {name_or_path}:既不是模型文件夹,也不是“机构/模型”形式的模型名")
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(name_or_path)
        except (OSError, ValueError) as error:
            raise EncoderError(f"无法加载编码器 {name_or_path}:{error}") from error
        identity = _fingerprint(path) if path.is_dir() else name_or_path
        return cls(name_or_path, f"{identity}|{query_prompt}", model, query_prompt)

    @property
    def dim(self) -> int:
        """The vectors' length."""
        return int(self.model.get_sentence_embedding_dimension())

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """As :meth:`Encoder.encode_query`; the query prompt goes before each text."""
        prompt = {"prompt": self.query_prompt} if self.query_prompt else {}
        return self._checked(self.model.encode_query(list(texts), **prompt))

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """As :meth:`Encoder.encode_document`."""
        return self._checked(self.model.encode_document(list(texts)))

    def _checked(self, vectors: Any) -> Vectors:  # noqa: ANN401  the model decides what it returns
        return unit_length(np.asarray(vectors, dtype=np.float32).reshape(-1, self.dim))


def load_encoder(name: str = DEFAULT_ENCODER, query_prompt: str = "") -> Encoder:
    """Load an encoder.

    Args:
        name: ``default``, a path to a sentence-transformers model, or a model's name.
        query_prompt: what goes before a question, for models that want it.

    Raises:
        EncoderError: if it cannot be loaded.
    """
    path = DEFAULT_ENCODER_PATH if name == DEFAULT_ENCODER else Path(name)
    if name == DEFAULT_ENCODER or _is_static(path):
        return StaticEncoder.load(path)
    return SentenceTransformerEncoder.load(name, query_prompt)


def unit_length(vectors: Vectors) -> Vectors:
    """Scale each row to length one; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit


def _is_static(path: Path) -> bool:
    modules = path / _MODULES_FILE
    if not modules.is_file():
        return False
    kinds = [module["type"].rsplit(".", 1)[-1] for module in json.loads(modules.read_text(encoding="utf-8"))]
    return kinds in ([_STATIC_MODULE], [_STATIC_MODULE, "Normalize"])


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".txt", ".model", ".bin"}:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
