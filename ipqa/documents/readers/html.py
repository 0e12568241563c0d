"""Web pages, saved from the site of a government: the document without what stands around it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PreformattedString

from ipqa.documents.readers.base import ReadText, text_of
from ipqa.documents.readers.html_lines import lines_of
from ipqa.errors import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GB = frozenset({"gb2312", "gb-2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80"})
_INVISIBLE = frozenset({
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg", "canvas", "audio",
    "video", "button", "select", "input", "textarea", "option", "datalist", "map",
})  # fmt: skip
_STYLED_AWAY = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FURNITURE_ELEMENTS = frozenset({"nav", "aside", "footer", "header", "form"})
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_FURNITURE_WORDS = frozenset({
    "nav", "navbar", "navigation", "menu", "header", "footer", "foot", "breadcrumb", "breadcrumbs",
    "crumb", "crumbs", "share", "sidebar", "copyright", "qrcode", "search",
})  # fmt: skip
# Where the sites of Chinese governments have the text of a document, the most particular first.
_CONTAINERS = (
    "#ucap-content", ".trs_ueditor", ".trs_editor", ".trs_editor_view", "#zoom", "#articlecontent",
    ".article-content", ".article_content", ".pages_content", ".pages-content", "#maintext",
    ".view", ".article", "article", "#content", ".content", "main",
)  # fmt: skip
_MOST = 0.5  # of the words of the page, for a container known by name
_NEARLY_ALL = 0.9  # for any other: what lies outside is lost
_TITLE_FIELDS = ("articletitle",)
_DATE_FIELDS = ("pubdate", "publishdate")
_SOURCE_FIELDS = ("contentsource",)
_SITE = re.compile(r"\s*[_|｜].*$|\s+[-–—]+\s+.*$|[-–—]{1,2}[^-–—]*(?:网|网站|门户|政府|平台)$")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")


def read_html(path: Path) -> ReadText:
    """Read a web page; what the site says about the document in ``<meta>`` and ``<title>`` is metadata.

    Raises:
        DocumentError: if the page cannot be decoded or holds no text; names the file.
        OSError: if the file cannot be read.
    """
    soup = BeautifulSoup(_decode(path.read_bytes()), "lxml")
    metadata = _read_metadata(soup)
    _remove(_invisible(soup))
    text = text_of(line for root in _document(soup) for line in lines_of(root))
    if not text:
        raise DocumentError(f"文件 {path} 里没有文字:正文可能靠脚本显示,请在浏览器里打开后复制正文另存")
    if "\ufffd" in text:
        raise DocumentError(f"文件 {path} 的编码无法识别,请另存为 UTF-8 后再用")
    return ReadText(text, metadata)


def text_of_fragment(source: str) -> str:
    """The text of a piece of HTML within other text."""
    soup = BeautifulSoup(source, "lxml")
    _remove(_invisible(soup))
    return text_of(lines_of(soup))


def _decode(data: bytes) -> str:
    """The page as text, with U+FFFD for single bytes that are wrong: they mostly stand in scripts."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    declared = EncodingDetector.find_declared_encoding(data, is_html=True, search_entire_document=False)
    named = "gb18030" if (declared or "").lower() in _GB else declared or ""
    for encoding in (named, "utf-8", "gb18030"):
        try:
            return data.decode(encoding) if encoding else data.decode("ascii")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(named if _is_known(named) else "utf-8", errors="replace")


def _is_known(encoding: str) -> bool:
    try:
        return bool(codecs.lookup(encoding))
    except LookupError:
        return False


def _read_metadata(soup: BeautifulSoup) -> Mapping[str, str]:
    fields = {
        str(meta.get("name", "")).lower(): " ".join(str(meta.get("content", "")).split())
        for meta in reversed(soup.find_all("meta"))  # the first of a name counts
    }
    title = soup.title.get_text() if soup.title else ""
    date = _DATE.search(_first(fields, _DATE_FIELDS))
    found = {
        "title": _first(fields, _TITLE_FIELDS) or _SITE.sub("", " ".join(title.split())),
        "published": f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}" if date else "",
        "source": _first(fields, _SOURCE_FIELDS),
    }
    return {key: value for key, value in found.items() if value}


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _invisible(soup: BeautifulSoup) -> Iterator[Tag]:
    for tag in soup.find_all(True):
        style = str(tag.get("style") or "")
        hidden = tag.has_attr("hidden") or tag.get("aria-hidden") == "true" or _STYLED_AWAY.search(style)
        if tag.name in _INVISIBLE or (hidden and tag.name not in ("html", "body")):
            yield tag


def _remove(tags: Iterator[Tag]) -> None:
    for tag in list(tags):
        if not tag.decomposed:
            tag.decompose()


def _document(soup: BeautifulSoup) -> Sequence[Tag]:
    """The elements that hold the document, in order."""
    body = soup.body or soup
    weights = _weights(body)
    _remove(tag for tag in body.find_all(True) if _is_furniture(tag) and _share(tag, body, weights) < _MOST)
    weights = _weights(body)
    for name in _CONTAINERS:
        known = [tag for tag in body.find_all(True) if _is_named(tag, name)]
        ids = {id(tag) for tag in known}
        outermost = [tag for tag in known if not any(id(parent) in ids for parent in tag.parents)]
        if outermost and sum(_share(tag, body, weights) for tag in outermost) >= _MOST:
            return outermost
    return [_narrowest(body, weights)]


def _weights(body: Tag) -> Mapping[int, int]:
    """How many characters each element holds, by its ``id()``; those of links do not count."""
    weights: dict[int, int] = {id(body): 0}
    for string in body.find_all(string=True):
        if isinstance(string, PreformattedString) or not isinstance(string, NavigableString):
            continue
        parents = list(string.parents)
        if not any(parent.name == "a" for parent in parents):
            size = len("".join(string.split()))
            for parent in parents:
                weights[id(parent)] = weights.get(id(parent), 0) + size
    return weights


def _share(tag: Tag, body: Tag, weights: Mapping[int, int]) -> float:
    return weights.get(id(tag), 0) / max(weights[id(body)], 1)


def _is_furniture(tag: Tag) -> bool:
    if tag.name == "header" and tag.find_parent(["article", "main"]):
        return False  # the head of the document itself
    if tag.name in _FURNITURE_ELEMENTS or str(tag.get("role", "")).lower() in _FURNITURE_ROLES:
        return True
    return not _names(tag).isdisjoint(_FURNITURE_WORDS)


def _names(tag: Tag) -> frozenset[str]:
    classes = tag.get("class")
    names = [*([classes] if isinstance(classes, str) else classes or ()), str(tag.get("id") or "")]
    return frozenset(name.lower() for name in names if name)


def _is_named(tag: Tag, name: str) -> bool:
    if name[0] == "#":
        return str(tag.get("id") or "").lower() == name[1:]
    return name[1:] in _names(tag) if name[0] == "." else tag.name == name


def _narrowest(body: Tag, weights: Mapping[int, int]) -> Tag:
    """The innermost element that holds nearly all of the words."""
    narrowest = body
    while True:
        inner = next(
            (
                child
                for child in narrowest.children
                if isinstance(child, Tag) and _share(child, body, weights) >= _NEARLY_ALL
            ),
            None,
        )
        if inner is None or inner.name in ("p", "table", "span"):
            return narrowest
        narrowest = inner
