"""Drawings of the demo: the pictures, the invoice and the contact card that its people send."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

STEEL, DARK, SKY, BLUE, WALL, FLOOR = "#c3c8cc", "#23272b", "#dfe9ee", "#2166a8", "#e9e2d6", "#b9a98f"


def bicycle() -> bytes:
    """A blue bicycle in front of a wall, as JPEG."""
    image, draw = _canvas(1200, 900, WALL)
    draw.rectangle((0, 640, 1200, 900), fill=FLOOR)
    for x in (330, 870):
        _wheel(draw, x, 560, 190)
    frame = [(330, 560), (470, 300), (770, 300), (590, 560), (330, 560)]
    draw.line(frame, fill=BLUE, width=22, joint="curve")
    draw.line([(590, 560), (455, 255)], fill=BLUE, width=22)
    draw.line([(870, 560), (760, 230), (840, 205)], fill=BLUE, width=20, joint="curve")
    draw.rounded_rectangle((390, 232, 530, 262), 15, fill=DARK)
    draw.ellipse((555, 525, 625, 595), fill=DARK)
    return _saved(image, "JPEG")


def rear_wheel() -> bytes:
    """A wheel from near, with a bent spoke, as JPEG."""
    image, draw = _canvas(900, 1200, "#8d9a86")
    _wheel(draw, 450, 600, 400)
    draw.line([(450, 600), (610, 420), (590, 330), (700, 250)], fill="#d8462b", width=10, joint="curve")
    draw.ellipse((380, 530, 520, 670), fill=STEEL, outline=DARK, width=10)
    return _saved(image, "JPEG")


def display() -> bytes:
    """The display of an e-bike with an error, as JPEG."""
    image, draw = _canvas(1000, 750, "#55606b")
    draw.rounded_rectangle((130, 100, 870, 650), 60, fill=DARK)
    draw.rounded_rectangle((190, 160, 810, 590), 24, fill="#0f1c14")
    draw.text((500, 375), "E04", fill="#7dff9b", font=ImageFont.load_default(220), anchor="mm")
    return _saved(image, "JPEG")


def invoice() -> bytes:
    """One page, as PDF."""
    image, draw = _canvas(1240, 1754, "white")
    draw.text((120, 140), "Alder Street Bicycles", fill=DARK, font=ImageFont.load_default(56))
    draw.text((120, 240), "Invoice 1042: fleet service", fill=DARK, font=ImageFont.load_default(36))
    for row, words in enumerate(("12 checkups", "4 brake pads", "Total")):
        draw.text((120, 400 + 80 * row), words, fill=DARK, font=ImageFont.load_default(32))
        draw.line([(120, 455 + 80 * row), (1120, 455 + 80 * row)], fill=STEEL, width=2)
    return _saved(image, "PDF")


def contact_card() -> bytes:
    """A person, as vCard."""
    return b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Gus Keller\r\nTEL;TYPE=CELL:+1 503 555 0193\r\nEND:VCARD\r\n"


def _canvas(width: int, height: int, colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), colour)
    return image, ImageDraw.Draw(image)


def _wheel(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int) -> None:
    for angle in range(0, 360, 20):
        draw.arc((x - radius, y - radius, x + radius, y + radius), angle, angle + 20, fill=DARK, width=26)
    for dx, dy in (
        (1, 0),
        (0.7, 0.7),
        (0, 1),
        (0.7, -0.7),
        (0.4, 0.92),
        (0.92, 0.4),
        (0.4, -0.92),
        (0.92, -0.4),
    ):
        reach = radius - 20
        draw.line([(x - dx * reach, y - dy * reach), (x + dx * reach, y + dy * reach)], fill=STEEL, width=4)


def _saved(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    image.save(out, kind, quality=88)
    return out.getvalue()
