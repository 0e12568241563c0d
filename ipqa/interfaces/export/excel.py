"""Tables as Excel workbooks, ready to be filtered and printed."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ipqa.interfaces.export.tables import Cell, Table
from ipqa.interfaces.export.text import is_formula, printable

_FONT = Font(name="宋体", size=11)
_BOLD = Font(name="宋体", size=11, bold=True)
_FILL = PatternFill("solid", fgColor="D9E2EC")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_NOTES_WIDTH = 100
_MARGIN = 0.4  # inches
_LINE = 15.0  # points, of the font above
_HIGHEST = 409.0  # points; Excel takes no more
_BORDER = Border(*(Side("thin", color="BFC7D1"),) * 4)
_LAST_PRINTED = "出处"  # what follows serves the computer


def to_xlsx(table: Table) -> bytes:
    """The table as a workbook: the rows on the first sheet under the columns' names, then the notes.

    Every text is written as text, never as a formula; characters that XML cannot carry are left out.
    """
    book = Workbook()
    sheet = book.create_sheet("清单", 0)
    book.remove(book.worksheets[1])
    _write_row(sheet, 1, [column.name for column in table.columns], _BOLD, _CENTRED)
    for cell in sheet[1]:
        cell.fill = _FILL
    for number, row in enumerate(table.rows, 2):
        _write_row(sheet, number, row, _FONT, _WRAPPED)
        sheet.row_dimensions[number].height = _height(row, [column.width for column in table.columns])
    for row_cells in sheet.iter_rows():
        for cell in row_cells:
            cell.border = _BORDER
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _set_up_print(sheet, table.title)
    names = [column.name for column in table.columns]
    if _LAST_PRINTED in names:
        sheet.print_area = f"A1:{get_column_letter(names.index(_LAST_PRINTED) + 1)}{sheet.max_row}"

    notes = book.create_sheet("说明")
    notes.column_dimensions["A"].width = _NOTES_WIDTH
    _write_row(notes, 1, [table.title], _BOLD, _WRAPPED)
    for number, note in enumerate(table.notes, 2):
        _write_row(notes, number, [note], _FONT, _WRAPPED)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_row(
    sheet: Worksheet, number: int, values: Sequence[Cell], font: Font, alignment: Alignment
) -> None:
    for index, value in enumerate(values, 1):
        cell = sheet.cell(number, index)
        cell.font = font
        cell.alignment = alignment
        if isinstance(value, str):
            text = printable(value)
            cell.value = text
            cell.data_type = "s"  # whatever openpyxl took it for: =… for a formula, #N/A for an error
            cell.quotePrefix = is_formula(text)  # it stays text when someone edits the cell
        else:
            cell.value = value


def _height(row: Sequence[Cell], widths: Sequence[float]) -> float:
    """How high a row must be for its wrapped texts; not every program works that out when it opens a file."""
    lines = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str):
            parts = (sum(1 if char.isascii() else 2 for char in line) for line in value.split("\n"))
            lines = max(lines, sum(max(1, math.ceil(part / (width - 1))) for part in parts))
    return min(lines * _LINE + 3, _HIGHEST)


def _set_up_print(sheet: Worksheet, title: str) -> None:
    """Landscape A4, all columns on a page, the header row on each, the title above and the page below."""
    setup, margins = sheet.page_setup, sheet.page_margins
    setup.orientation = "landscape"
    setup.paperSize = sheet.PAPERSIZE_A4
    setup.fitToWidth, setup.fitToHeight = 1, 0  # 0: as many pages as it takes
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    margins.left = margins.right = _MARGIN
    sheet.HeaderFooter.oddHeader = _centred(printable(title).replace("&", "&&"))
    sheet.HeaderFooter.oddFooter = _centred("第 &P 页 共 &N 页")


def _centred(text: str) -> HeaderFooterItem:
    item = HeaderFooterItem()
    item.center.text = text
    return item
