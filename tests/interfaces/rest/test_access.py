"""Keys and accounts: what opens the services, and what does not."""

import json
import traceback

import httpx
import pytest

from ipqa.errors import SettingsError
from ipqa.interfaces.rest import Access
from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings, load_settings

KEYS = "k-1,k.2"
ACCOUNT = httpx.BasicAuth("张三".encode(), "口令".encode())
RIGHT = ("Bearer k-1", "bearer k.2", "BEARER  k-1")
WRONG = ("Bearer k-3", "Bearer k-", "Bearer k-1,k.2", "Bearer k-1 k.2", "Bearer ü")
MALFORMED = ("", "Bearer", "Token k-1", "k-1", "Basic", "Basic ay0xOg==", "Basic !!!")
ROUTES = ("/api/units", "/api/openapi.json", "/api/nothing", "/api", "/mcp", "/mcp/")
SEARCH = {"knowledge_id": "", "query": "专利", "retrieval_setting": {"top_k": 1, "score_threshold": 0}}


def serve(policy, **settings):
    return WebServer(create_app(policy, Settings(**settings)), "127.0.0.1", 0)


@pytest.fixture(scope="module", params=["keys", "accounts", "both"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def locked(policy, kind):
    accounts = {"auth": "张三:口令"} if kind != "keys" else {}
    keys = {"api_key": KEYS} if kind != "accounts" else {}
    with serve(policy, **accounts, **keys) as server, httpx.Client(base_url=server.url, trust_env=False) as c:
        yield c


def call(client, path, header):
    headers = {"Authorization": header.encode()} if header else {}
    return client.get(path, headers=headers)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("header", [*WRONG, *MALFORMED])
def test_no_service_opens_without_a_key_or_an_account(locked, kind, path, header):
    reply = call(locked, path, header)

    problem = reply.json()
    assert (reply.status_code, problem["status"]) == (401, 401)
    assert reply.headers["content-type"] == "application/problem+json"
    assert ("Bearer" in reply.headers["www-authenticate"]) == (kind != "accounts")
    assert ("Basic" in reply.headers["www-authenticate"]) == (kind != "keys")
    assert "k-1" not in reply.text.replace("k-1,", "")


@pytest.mark.parametrize("header", RIGHT)
def test_a_right_key_opens_the_services_and_nothing_else(locked, kind, header):
    opens = kind != "accounts"

    assert call(locked, "/api/units", header).status_code == (200 if opens else 401)
    assert call(locked, "/mcp", header).status_code == (405 if opens else 401)
    reply = locked.post("/retrieval", json=SEARCH, headers={"Authorization": header})
    assert reply.status_code == (200 if opens else 403)
    for page in ("/", "/export/tasks.csv?unit=市法院", "/gradio_api/info"):
        assert call(locked, page, header).status_code == (200 if kind == "keys" else 401)


def test_an_account_opens_the_services_too(locked, kind):
    opens = kind != "keys"

    assert locked.get("/api/units", auth=ACCOUNT).status_code == (200 if opens else 401)
    assert locked.get("/mcp", auth=ACCOUNT).status_code == (405 if opens else 401)
    assert locked.post("/retrieval", json=SEARCH, auth=ACCOUNT).status_code == (200 if opens else 403)
    assert locked.get("/", auth=ACCOUNT).status_code == 200


@pytest.mark.parametrize("header", WRONG)
def test_dify_is_told_that_a_key_is_wrong(locked, header):
    reply = locked.post("/retrieval", json=SEARCH, headers={"Authorization": header.encode()})

    assert reply.status_code == 403
    assert reply.json() == {"error_code": 1002, "error_msg": "Authorization failed"}


@pytest.mark.parametrize("header", MALFORMED)
def test_dify_is_told_that_a_key_is_malformed(locked, header):
    reply = locked.post("/retrieval", json=SEARCH, headers={"Authorization": header} if header else {})

    assert (reply.status_code, reply.json()["error_code"]) == (403, 1001)
    assert "Expected 'Bearer <api-key>' format" in reply.json()["error_msg"]


def test_a_long_body_is_not_read_before_the_key_is_known(locked):
    assert locked.post("/api/search", content=b" " * 70_000).status_code == 401


def test_the_health_check_needs_no_key(locked):
    assert locked.get("/healthz").status_code == 200


def test_the_description_says_which_keys_are_needed(policy):
    with serve(policy, api_key=KEYS, auth="张三:口令") as server:
        reply = httpx.get(
            f"{server.url}api/openapi.json", headers={"Authorization": "Bearer k-1"}, trust_env=False
        )

    described = reply.json()
    assert described["components"]["securitySchemes"] == {
        "key": {"type": "http", "scheme": "bearer"},
        "account": {"type": "http", "scheme": "basic"},
    }
    assert described["security"] == [{"key": []}, {"account": []}]


def test_without_keys_and_accounts_the_services_are_open(client):
    for header in ("", "Bearer x", "Basic x"):
        assert call(client, "/api/units", header).status_code == 200


def test_keys_stand_between_commas_or_line_feeds():
    assert Settings(api_key="").api_keys == ()
    assert Settings(api_key=" k-1, k.2 ,\r\n{k}3\n").api_keys == ("k-1", "k.2", "{k}3")


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ("right,se same", "第 2 个密钥"),
        ("sesame，right", "第 1 个密钥"),
        ("密钥sesame", "第 1 个密钥"),
        (" , ", "没有写密钥"),
    ],
)
def test_what_is_wrong_with_keys_is_said_without_them(monkeypatch, keys, rule):
    monkeypatch.setenv("IPQA_API_KEY", keys)
    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert rule in str(caught.value)
    assert "IPQA_API_KEY(" in str(caught.value)
    assert "same" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("", ""),
        (" https://a.cn/ ", "https://a.cn"),
        ("http://10.0.0.1:8080/zhengce/", "http://10.0.0.1:8080/zhengce"),
    ],
)
def test_the_public_address_has_no_slash_at_its_end(written, url):
    assert Settings(public_url=written).public_url == url


@pytest.mark.parametrize(
    "url", ["a.cn", "/zhengce", "https://", "https://a.cn?x", "https://a.cn//x", "https://u:p@a.cn"]
)
def test_a_public_address_that_is_none_is_named(monkeypatch, url):
    monkeypatch.setenv("IPQA_PUBLIC_URL", url)
    with pytest.raises(SettingsError, match="IPQA_PUBLIC_URL=.*应是完整的网址"):
        load_settings()


def test_no_secret_is_shown():
    access = Access(("secret-1",), {"a": "secret-2"})

    assert "secret" not in repr(access)
    assert "secret" not in json.dumps(access.challenge)
