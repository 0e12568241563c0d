"""Small PDFs for the tests, written by hand: Chinese in a font that every reader knows the codes of."""

from __future__ import annotations

from pathlib import Path

WIDTH, HEIGHT = 595, 842
LEFT, SIZE = 90, 16
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts["
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880/Descent -120"
    b"/ItalicAngle 0/CapHeight 880/StemV 93/FontBBox[0 -120 1000 880]>>>>]>>"
)
_LOCKED = (
    b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"ab" * 32 + b">/U<" + b"cd" * 32 + b">>>/ID[<01><01>]"
)


def text(line: str, x: float = LEFT, top: float = 100, size: float = SIZE) -> str:
    """The operators that write a line; every character is as wide as it is high."""
    return f"BT /F {size} Tf {x} {HEIGHT - top - size} Td <{line.encode('utf-16-be').hex()}> Tj ET"


def slanted(line: str) -> str:
    """A watermark across the page."""
    return f"BT /F 30 Tf 0.7 0.7 -0.7 0.7 150 300 Tm <{line.encode('utf-16-be').hex()}> Tj ET"


def rule(x0: float, top0: float, x1: float, top1: float) -> str:
    return f"{x0} {HEIGHT - top0} m {x1} {HEIGHT - top1} l S"


def grid(columns: list[float], rows: list[float]) -> list[str]:
    """The rules of a table."""
    across = [rule(columns[0], row, columns[-1], row) for row in rows]
    return across + [rule(column, rows[0], column, rows[-1]) for column in columns]


def paragraph(lines: list[str], top: float, x: float = LEFT, indent: float = 2 * SIZE) -> list[str]:
    """Lines below each other, the first indented."""
    return [text(line, x + (0 if i else indent), top + 26 * i) for i, line in enumerate(lines)]


def save(
    path: Path, pages: list[list[str]], *, locked: bool = False, title: str = "", known: bool = True
) -> Path:
    """Write a PDF of pages, each a list of operators.

    ``locked``: with a password; not ``known``: its font does not tell what its characters mean.
    """
    font = _FONT if known else _FONT.replace(b"UniGB-UCS2-H", b"Identity-H").replace(b"(GB1)", b"(Identity)")
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    info = f"<</Title<feff{title.encode('utf-16-be').hex()}>>>" if title else "<<>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        info.encode(),
    ]
    for i, operators in enumerate(pages):
        stream = "\n".join(operators).encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {5 + 2 * i} 0 R".encode()
            + b"/Resources<</Font<</F "
            + font
            + b">>>>>>"
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    data = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"/Size %d/Root 1 0 R/Info 3 0 R" % (len(objects) + 1) + (_LOCKED if locked else b"")
    count = len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%strailer<<%s>>\nstartxref\n" % (count, table, trailer)
    path.write_bytes(data + b"%d\n%%%%EOF\n" % data.index(b"xref\n0"))
    return path
