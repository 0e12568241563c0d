"""Settings: keyword arguments first, then the environment (``IPQA_…``) and a ``.env`` file, then defaults."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ipqa.errors import SettingsError

DEFAULT_ENCODER = "default"


class Settings(BaseSettings):
    """Where things are and how the page is served; ``IPQA_CORPUS``, ``IPQA_PORT`` and so on override."""

    model_config = SettingsConfigDict(
        env_prefix="IPQA_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    encoder: str = DEFAULT_ENCODER
    query_prompt: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)


def load_settings() -> Settings:
    """The settings of this process' environment.

    Raises:
        SettingsError: if a value cannot be used; names the settings.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = "、".join(f"IPQA_{str(e['loc'][0]).upper()}={e['input']!r}" for e in error.errors())
        raise SettingsError(f"设置的值不能用:{names}") from error
