"""Settings: keyword arguments first, then the environment (``IPQA_…``) and a ``.env`` file, then defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from ipqa.errors import SettingsError

DEFAULT_ENCODER = "default"
LONGEST_QUESTION = 500
_PREFIX = "IPQA_"
_PATH = re.compile(r"(/[^/\s?#]+)*")
_ADDRESS = re.compile(r"https?://[^/\s?#@]+(/[^/\s?#]+)*", re.IGNORECASE)
_KEY = re.compile(r"[!-~]+")  # what a header can carry
# What is wrong, for the kinds of error that pydantic finds by itself.
_RULES = {
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "int_parsing": "应是整数",
    "bool_parsing": "应是 true 或 false",
}


class Settings(BaseSettings):
    """Where things are and how the page is served; ``IPQA_CORPUS``, ``IPQA_PORT`` and so on override.

    ``auth`` holds who may log in, as ``user:password`` pairs separated by commas or line feeds; without it
    the page is open. ``root_path`` is the path that a proxy puts the page under. ``concurrency`` is how many
    questions are answered at once, ``max_question`` how many characters one may have. ``feedback`` says
    whether votes and unanswered questions are kept, in the folder ``data``. ``llm_url``, ``llm_key`` and
    ``llm_model`` name the endpoint that drafts question banks; nothing else uses them. ``api_key`` holds the
    keys that open the services for programs, separated by commas or line feeds; ``public_url`` is the page's
    address as others call it, for the links that services send.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_file_encoding="utf-8-sig",  # an editor on Windows may put a byte order mark first
        extra="ignore",
        hide_input_in_errors=True,  # a password must not stand in a traceback
    )

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    encoder: str = DEFAULT_ENCODER
    query_prompt: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    auth: SecretStr = SecretStr("")
    root_path: str = ""
    concurrency: int = Field(default=16, ge=1, le=256)
    max_question: int = Field(default=LONGEST_QUESTION, ge=1, le=LONGEST_QUESTION)
    data: Path = Path("ipqa-data")
    feedback: bool = False
    llm_url: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_model: str = ""
    api_key: SecretStr = SecretStr("")
    public_url: str = ""

    @property
    def accounts(self) -> Mapping[str, str]:
        """The passwords by user; empty if anyone may use the page."""
        return _accounts(self.auth.get_secret_value())

    @property
    def api_keys(self) -> tuple[str, ...]:
        """The keys that open the services; empty if anyone may call them."""
        return _keys(self.api_key.get_secret_value())

    @field_validator("auth")
    @classmethod
    def _auth_can_be_read(cls, auth: SecretStr) -> SecretStr:
        _accounts(auth.get_secret_value())
        return auth

    @field_validator("api_key")
    @classmethod
    def _keys_can_be_sent(cls, api_key: SecretStr) -> SecretStr:
        _keys(api_key.get_secret_value())
        return api_key

    @field_validator("root_path")
    @classmethod
    def _plain_path(cls, path: str) -> str:
        if re.match("https?:", path, re.IGNORECASE):
            raise ValueError("只写路径,例如 /zhengce,不写网址")
        path = path.strip().rstrip("/")
        if not _PATH.fullmatch(path):
            raise ValueError("应以 / 开头,例如 /zhengce;不能有空格、连续的 /、? 和 #")
        return path

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        url = url.strip().rstrip("/")
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("应是完整的网址,例如 https://www.lf.gov.cn/zhengce;不能有空格、? 和 #")
        return url


def load_settings() -> Settings:
    """The settings of this process' environment.

    Raises:
        SettingsError: if a value cannot be used; names the settings, and the values unless they are secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(f"设置的值不能用:{'、'.join(map(_complaint, error.errors()))}") from error
    except UnicodeDecodeError:
        raise SettingsError(".env 文件读不出来:请以 UTF-8 编码保存") from None


def _accounts(text: str) -> dict[str, str]:
    """Read ``user:password`` pairs. Messages count the pairs: what is wrong may be part of a password.

    Raises:
        ValueError: if a pair lacks its user or its password, if a user comes twice, or if there is no pair.
    """
    accounts: dict[str, str] = {}
    pairs = [pair.strip() for pair in re.split(r"[,\r\n]", text)]
    for number, pair in enumerate(filter(None, pairs), 1):
        user, _, password = (part.strip() for part in pair.partition(":"))
        if not user or not password:
            raise ValueError(f"第 {number} 对应写作 用户名:密码,冒号用半角,两边都不能空")
        if "，" in pair:  # typed for the comma that separates, it would make the next pair part of a password
            raise ValueError(f"第 {number} 对里有全角逗号;各对之间用半角逗号隔开,密码里不能有逗号")
        if user in accounts:
            raise ValueError(f"第 {number} 对的用户名与前面的重复")
        accounts[user] = password
    if text and not accounts:  # whoever sets it wants a closed page
        raise ValueError("没有写用户名和密码")
    return accounts


def _keys(text: str) -> tuple[str, ...]:
    """Read keys. Messages count them: they are secret.

    Raises:
        ValueError: if a key cannot be sent in a header, or if there is none.
    """
    keys = tuple(filter(None, (key.strip() for key in re.split(r"[,\r\n]", text))))
    for number, key in enumerate(keys, 1):
        if not _KEY.fullmatch(key):
            raise ValueError(
                f"第 {number} 个密钥只能用半角的字母、数字和符号,不能有空格;各个之间用半角逗号隔开"
            )
    if text and not keys:  # whoever sets it wants closed services
        raise ValueError("没有写密钥")
    return keys


def _complaint(error: ErrorDetails) -> str:
    """One setting that cannot be used: its name, its value unless it is secret, and what is wrong."""
    field, context = str(error["loc"][0]), error.get("ctx", {})
    name = f"{_PREFIX}{field.upper()}"
    if Settings.model_fields[field].annotation is not SecretStr:
        name = f"{name}={error['input']!r}"
    rule = str(context["error"]) if error["type"] == "value_error" else _RULES.get(error["type"], "")
    return f"{name}({rule.format(**context)})" if rule else name
