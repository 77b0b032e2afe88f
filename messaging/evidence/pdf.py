"""A number's evidence sheet as PDF, with the signed JSON file attached to it."""

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from messaging.evidence.entries import Part
from messaging.evidence.json_file import signature_of
from messaging.evidence.printable import (
    FONT_ENCODING,
    clock,
    entry_rows,
    entry_title,
    in_font,
    refused_sentence,
)

LABEL_WIDTH, LINE, SMALL = 27.0, 4.2, 8.5  # mm, mm, points
INK, SOFT, RULE, SHADE = (25, 28, 33), (95, 100, 110), (205, 208, 214), (243, 244, 246)
ROOM_BELOW_HEADING = 45.0  # mm, so that most entries are on one page
SHOWN_REFUSALS = 40  # the JSON file has all


class SheetPDF(FPDF):
    """A page with the sheet's subject at its foot."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="letter")
        self.core_fonts_encoding = FONT_ENCODING
        self.foot = foot
        self.set_margins(18, 16, 18)
        self.set_auto_page_break(True, 18)
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        self.set_y(-13)
        self._write("", 7.5, SOFT)
        self.cell(self.epw / 2, 4, in_font(self.foot))
        self.cell(self.epw / 2, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def _write(self, style: str, size: float, color: tuple[int, int, int]) -> None:
        self.set_font("Helvetica", style, size)
        self.set_text_color(*color)

    def line_of(
        self, text: str, *, size: float = SMALL, style: str = "", color: tuple[int, int, int] = INK
    ) -> None:
        self._write(style, size, color)
        self.multi_cell(self.epw, size * 0.5, in_font(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        if self.will_page_break(ROOM_BELOW_HEADING):
            self.add_page()
        self.ln(3)
        self.set_draw_color(*RULE)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(2)
        self.line_of(text, size=11, style="B")
        self.ln(0.8)

    def row(self, label: str, value: str) -> None:
        """A label with its value beside it. Hashes are in a font of equal widths."""
        self._write("", SMALL, SOFT)
        self.cell(LABEL_WIDTH, LINE, label)
        self._write("", SMALL, INK)
        if label in ("Hash", "Root", "Key", "Signature", "Digest"):
            self.set_font("Courier", "", 7.5)
        width = self.epw - LABEL_WIDTH
        self.multi_cell(width, LINE, in_font(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def words(self, words: str) -> None:
        """A person's words, as they are, on a shaded ground."""
        self._write("", 11, INK)
        self.set_fill_color(*SHADE)
        self.multi_cell(
            self.epw, 6, in_font(words), align="L", fill=True, padding=(1, 2),
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip
        self.ln(1)


def sheet_pdf(parts: Sequence[Part], file: str) -> bytes:
    """The PDF of a number's parts. `file` is their signed JSON file."""
    about = parts[0]
    number = about["subject"]["number"]
    pdf = SheetPDF(f"{about['business']['name']}: consent of {number}, made {clock(about['made']['at'])}")
    pdf.set_title(f"Consent of {number}")
    _write_about(pdf, about)
    for part in parts:
        if part["kind"] == "entry":
            _write_entry(pdf, part)
    _write_refusals(pdf, [part for part in parts if part["kind"] == "refused_send"])
    _write_proof(pdf, parts, file)
    pdf.embed_file(basename="evidence.json", bytes=file.encode(), desc="The signed sheet")
    return bytes(pdf.output())


def _write_about(pdf: SheetPDF, about: Part) -> None:
    pdf.line_of(about["business"]["name"], size=10, color=SOFT)
    pdf.line_of(f"Consent of {about['subject']['shown']}", size=18, style="B")
    pdf.ln(2)
    pdf.row("Number", about["subject"]["number"])
    pdf.row("Made", f"{clock(about['made']['at'])} by {about['made']['by']}")
    pdf.row("Entries", f"{about['entries']}, all of this number in the ledger of {about['business']['name']}")


def _write_entry(pdf: SheetPDF, part: Part) -> None:
    pdf.heading(entry_title(part))
    if part["ledger"]["words"]:
        pdf.words(part["ledger"]["words"])
    for label, value in entry_rows(part):
        pdf.row(label, value)


def _write_refusals(pdf: SheetPDF, refusals: Sequence[Part]) -> None:
    pdf.heading(f"Sends refused because of this number's standing: {len(refusals)}")
    for part in refusals[:SHOWN_REFUSALS]:
        pdf.line_of(refused_sentence(part))
    if more := len(refusals[SHOWN_REFUSALS:]):
        pdf.line_of(f"{more} more are in the attached file.", color=SOFT)


def _write_proof(pdf: SheetPDF, parts: Sequence[Part], file: str) -> None:
    root = next((part for part in parts if part["kind"] == "root"), None)
    signature = signature_of(file)
    pdf.heading("How to check this sheet")
    pdf.line_of(f"The signed sheet is attached to this PDF as evidence.json. {parts[0]['how_to_check']}")
    pdf.ln(1)
    if root:
        pdf.row("Root", root["statement"]["root"])
        pdf.row("Root of", f"{root['statement']['day']}, over {root['statement']['entries']} entries")
    pdf.row("Key", f"{signature['key_id']} = {signature['public_key']}")
    pdf.row("Signature", signature["value"])
