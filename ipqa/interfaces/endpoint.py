"""An OpenAI-compatible endpoint: asked patiently for questions about a text, its replies read tolerantly."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from ipqa.errors import EndpointError, SettingsError
from ipqa.settings import Settings

if TYPE_CHECKING:
    import httpx

_RETRIES, _FIRST_WAIT, _LONGEST_WAIT = 5, 1.0, 300.0  # seconds; whoever is told to wait longer stops
_LOCAL = ("127.0.0.1", "localhost", "::1")
_UNUSABLE = {  # what no other clause would fare better with
    401: "密钥不被接受,请检查 IPQA_LLM_KEY",
    402: "余额不足",
    403: "没有权限,请检查 IPQA_LLM_KEY 和 IPQA_LLM_MODEL",
    404: "没有这个模型或地址,请检查 IPQA_LLM_MODEL 和 IPQA_LLM_URL(通常以 /v1 结尾)",
    429: "请求太多或额度用尽,请以后再试,或用 --concurrency 减少同时的请求",
}


class RequestFailedError(Exception):
    """A request got nothing: ``again``, the same may do better later; ``stop``, so will any other."""

    def __init__(
        self, reason: str, *, again: bool = False, stop: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(reason)
        self.again, self.stop, self.wait = again, stop, wait


class BadReplyError(RequestFailedError):
    """The reply came too late or holds no questions."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint; ``timeout`` in seconds."""

    url: str
    model: str
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: float = 60.0

    @classmethod
    def of(cls, settings: Settings, timeout: float = 60.0) -> Endpoint:
        """The endpoint that the settings name.

        Raises:
            SettingsError: if they name none, or none that can be used; names the settings, not the key.
        """
        url = settings.llm_url.strip().rstrip("/").removesuffix("/chat/completions")
        key, model = settings.llm_key.get_secret_value().strip(), settings.llm_model.strip()
        if not url or not model:
            raise SettingsError(
                "起草问题要用一个 OpenAI 兼容的接口,请设置 IPQA_LLM_URL 和 IPQA_LLM_MODEL,需要密钥的还有"
                " IPQA_LLM_KEY,例如 IPQA_LLM_URL=http://127.0.0.1:11434/v1、IPQA_LLM_MODEL=qwen3:8b"
            )
        try:
            parts = urlsplit(url)
            right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            right = False
        if not right or re.search(r"[@?#\s]", url):  # not shown: a password may stand in it
            raise SettingsError(
                "IPQA_LLM_URL 应是接口的网址,例如 http://127.0.0.1:11434/v1,不带 ?、# 和用户名;"
                "密钥写在 IPQA_LLM_KEY 里"
            )
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise SettingsError("IPQA_LLM_KEY 里有密钥不会有的字符(空格、中文或换行)")
        return cls(url, model, SecretStr(key), timeout)


def open_client(endpoint: Endpoint) -> httpx.AsyncClient:
    """A client that sends the key along; past any proxy where the endpoint is on this machine.

    Raises:
        EndpointError: if a proxy or certificate that is set cannot be used.
    """
    import httpx

    key = endpoint.key.get_secret_value()
    try:
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=endpoint.timeout,
            trust_env=urlsplit(endpoint.url).hostname not in _LOCAL,  # no proxy leads to this machine
        )
    except (ImportError, OSError, ValueError) as error:  # a SOCKS proxy needs another package, for example
        raise EndpointError(f"接口 {endpoint.url} 连不上:代理或证书的设置不能用({error})") from error


async def ask_questions(
    client: httpx.AsyncClient, endpoint: Endpoint, prompt: str, text: str
) -> list[tuple[str, str]]:
    """The questions and quotes that the endpoint gives; asked a second time if its reply is of no use.

    Raises:
        RequestFailedError: if it gives none.
    """
    messages = [{"role": "system", "content": prompt}, {"role": "user", "content": text}]
    body = {"model": endpoint.model, "messages": messages, "stream": False}
    try:
        return _parse(await _post(client, endpoint, body))
    except BadReplyError:
        return _parse(await _post(client, endpoint, body))


async def _post(client: httpx.AsyncClient, endpoint: Endpoint, body: Mapping[str, object]) -> str:
    """The text of the reply, asked for again after a while where the endpoint is busy or fails.

    Raises:
        RequestFailedError: if it does so to the end, or refuses.
    """
    attempt = 0
    while True:
        try:
            return await _post_once(client, endpoint, body)
        except RequestFailedError as failure:
            if not failure.again or attempt == _RETRIES:
                raise
            backoff = _FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5)  # apart from whoever waits too
            await asyncio.sleep(backoff if failure.wait is None else failure.wait)
        attempt += 1


async def _post_once(client: httpx.AsyncClient, endpoint: Endpoint, body: Mapping[str, object]) -> str:
    import httpx

    try:
        response = await client.post(f"{endpoint.url}/chat/completions", json=body)
    except httpx.ReadTimeout:
        raise BadReplyError(f"{endpoint.timeout:g} 秒内没有回复,可用 --timeout 加长") from None
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise RequestFailedError(
            f"连不上:{str(error) or type(error).__name__}", again=True, stop=True
        ) from error
    if response.is_success:
        try:
            return str(response.json()["choices"][0]["message"]["content"])
        except (ValueError, LookupError, TypeError):
            raise BadReplyError("回复不是 chat completions 的格式") from None
    status, wait = response.status_code, _told_to_wait(response.headers.get("Retry-After", ""))
    said = " ".join(response.text.split()).replace(endpoint.key.get_secret_value() or "\n", "***")[:200]
    reason = f"{_UNUSABLE.get(status, '没有成功')}(HTTP {status}):{said or '没有说明原因'}"
    busy, refused = status == 429 or status >= 500, status in _UNUSABLE or status < 400
    if busy and wait is not None and wait > _LONGEST_WAIT:
        raise RequestFailedError(f"{reason}(要求 {wait:.0f} 秒以后再来)", stop=True)
    raise RequestFailedError(reason, again=busy, stop=refused, wait=wait)


def _told_to_wait(header: str) -> float | None:
    """The seconds of a Retry-After header, which gives them or a date; None if it gives neither."""
    if header.isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _parse(reply: str) -> list[tuple[str, str]]:
    """The questions and quotes of a reply, whatever stands around the JSON, and though its end be cut off.

    Raises:
        BadReplyError: if there is neither a question nor an empty list of them.
    """
    text = reply.rpartition("</think>")[2]
    pairs: list[tuple[str, str]] = []
    empty = False
    start = text.find("{")
    while start >= 0:
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            value, end = {}, start + 1
        items = value.get("questions", [value])
        empty = empty or items == []
        for item in items if isinstance(items, list) else []:
            pair = (item.get("q"), item.get("quote")) if isinstance(item, dict) else (None, None)
            if isinstance(pair[0], str) and isinstance(pair[1], str):
                pairs.append((pair[0], pair[1]))
        start = text.find("{", end)
    if not pairs and not empty:
        raise BadReplyError("回复里没有能读出的问题")
    return pairs
