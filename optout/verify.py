"""Checker of evidence sheets and of roots of the ledger. It needs neither Heymarket nor its database.

    python verify.py FILE.json [--root ROOT.json] [--key PUBLIC_KEY]

FILE.json is an evidence sheet or a root. ROOT.json is a root of another day that somebody kept: the entries of the
sheet are compared with it. PUBLIC_KEY, in Base64, is what the business is known to sign with. The exit code is 0 if all
is as it was signed, and 1 if not. This file is all that is needed, with Python 3.10 or newer.

A sheet that passes is what the holder of the key signed on its day. That its entries existed on an earlier day as they
are now is proved by a root that somebody else kept from that day. Texts and outcomes beside an entry are as signed.

What is hashed and signed is the canonical form of an object: JSON with the names sorted, without spaces, in UTF-8.
Hashes are SHA-256 in hexadecimal, signatures are Ed25519 (RFC 8032), and trees are those of RFC 6962, section 2.1.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

SHEET, ROOT = "heymarket evidence 1", "heymarket ledger root 1"
FIRST_LINE = f'{{"format": "{SHEET}", "parts": ['
LAST_LINE = '], "signature": '
BLOCK_SIZE = 256  # entries in a block of a root file; a power of two


@dataclass
class Findings:
    """What was checked, and what is wrong, in sentences."""

    checked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def written(value: Any) -> str:
    """An object as a line of a sheet has it: JSON in ASCII with the names sorted."""
    return json.dumps(value, sort_keys=True)


# -- sheets ------------------------------------------------------------------------------------------------------


def check_sheet(lines: Iterable[str], findings: Findings, *, copy: Any = None, key: str = "") -> None:
    """Check a sheet line by line, in little memory. A line has one part and its digest, the last the signature."""
    check, rest = SheetCheck(findings, copy), iter(lines)
    if next(rest, "") != f"{FIRST_LINE}\n":
        check.fault("line 1", "it does not begin as sheets do")
    for number, (line, following) in enumerate(pairwise(chain(rest, [""])), 2):
        if line.startswith(LAST_LINE):
            check.finish(line, key)
            if following:
                check.fault(f"line {number + 1}", "something was added after the signature")
            return
        check.read_line(number, line, "\n" if following.startswith(LAST_LINE) else ",\n")
    check.fault("the end", "the signature is missing")


class SheetCheck:
    """What has been read of a sheet so far."""

    def __init__(self, findings: Findings, copy: Any) -> None:
        self.findings, self.copy = findings, copy
        self.about: dict[str, Any] = {}
        self.root: dict[str, Any] = {}  # the statement of the newest root when the sheet was made
        self.parts = self.entries = self.covered = self.compared = 0
        self.name = "the first line"  # of the part that was read last
        self.digests = hashlib.sha256()
        self.ends: dict[str, tuple[int, str]] = {}  # the position and hash of each number's last entry

    def fault(self, name: str, problem: str) -> None:
        self.findings.faults.append(f"{name}: {problem}.")

    def read_line(self, number: int, line: str, ending: str) -> None:
        """Check one part. A fault names the part, or if it is not readable, the part before it."""
        self.parts += 1
        try:
            record = json.loads(line.rstrip("\n").rstrip(","))
            part, name = record["part"], name_of(record["part"])
        except (ValueError, TypeError, KeyError):
            position = re.search(r'"position": ([0-9]+)', line)
            what = f"entry {position[1]}" if position else f"the part after {self.name}"
            self.fault(f"{what} (line {number})", "it was changed, and is no longer readable")
            return
        if line != written(record) + ending:
            self.fault(name, f"line {number} is not written as sheets are: it was changed")
        if digest(part) != record.get("digest"):
            self.fault(name, "its content was changed: the digest differs")
        self.digests.update(f"{record.get('digest')}\n".encode())
        self.name = name
        try:
            self.check_part(name, part)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.fault(name, "something is missing from it")

    def check_part(self, name: str, part: dict[str, Any]) -> None:
        if part["kind"] == "about":
            self.about = part
        elif part["kind"] == "root":
            self.root = part["statement"]
            check_signature(self.root, part["signature"], name, self.findings)
        elif part["kind"] == "entry":
            self.entries += 1
            self.check_entry(name, part["ledger"], part["hash"])
            if part["path"] is not None:
                self.check_path(name, part["hash"], part["index"], part["path"])

    def check_entry(self, name: str, columns: dict[str, Any], hash: str) -> None:
        """Whether an entry has its hash, and follows the entry of its number that stands before it in the sheet."""
        if digest(columns) != hash:
            self.fault(name, "it is not what was recorded: the hash over its columns differs")
        number, position = columns["number"], columns["position"]
        last, last_hash = self.ends.get(number, (0 if self.is_complete else position - 1, ""))
        if self.is_complete and position != last + 1:
            self.fault(name, f"the entry at position {last + 1} is missing before it")
        elif (last_hash or position == 1) and position == last + 1 and columns["previous_hash"] != last_hash:
            self.fault(name, "it does not follow the entry before it: the previous hash differs")
        self.ends[number] = position, hash

    @property
    def is_complete(self) -> bool:
        """Whether the sheet is about one number, and so has all entries of its chain."""
        return "number" in self.about.get("subject", {})

    def check_path(self, name: str, hash: str, index: int, path: list[str]) -> None:
        """Whether the path of an entry leads to the sheet's root, and whether the kept root has the entry."""
        nodes, size = [bytes.fromhex(node) for node in path], self.root.get("entries", 0)
        leaf = leaf_hash(bytes.fromhex(hash))
        self.covered += 1
        if root_of_path(index, size, leaf, nodes) != bytes.fromhex(self.root.get("root", "")):
            self.fault(name, f"its path does not lead to the root of {self.root.get('day')}")
        found = is_in_copy(self.copy, hash, index, size, nodes) if self.copy else None
        self.compared += found is not None
        if found is False:
            self.fault(
                name, f"the kept root of {self.copy['statement']['day']} has another entry in its place"
            )

    def finish(self, line: str, key: str) -> None:
        """Check the last line: the signature over the digests of all parts, and the brace that closes the sheet."""
        signature: Any = None
        try:
            signature = json.loads(line[len(LAST_LINE) : -2])
        except ValueError:
            pass
        if not isinstance(signature, dict) or line != f"{LAST_LINE}{written(signature)}}}\n":
            self.fault("the signature", "its line is not written as sheets are: it was changed")
        else:
            signed = {"format": SHEET, "parts": self.parts, "digest": self.digests.hexdigest()}
            check_signature(signed, signature, "the sheet", self.findings, key)
        self.sum_up()

    def sum_up(self) -> None:
        if self.is_complete and self.about.get("entries") != self.entries:
            self.fault("the sheet", f"it has {self.entries} entries and says {self.about.get('entries')}")
        say = self.findings.checked.append
        say(f"{self.parts} parts, of which {self.entries} are ledger entries: digests, hashes and order")
        if self.root:
            say(f"{self.covered} entries by their paths to the root of {self.root.get('day')}")
            say(f"{self.entries - self.covered} entries are newer than that root")
        if self.copy:
            say(f"{self.compared} entries against the kept root of {self.copy['statement']['day']}")


def name_of(part: dict[str, Any]) -> str:
    """The name of a part in sentences."""
    if part["kind"] == "entry":
        return f"entry {part['ledger']['position']} of {part['ledger']['number']}"
    return str(part["kind"]).replace("_", " ") + (f" of {part['at']}" if "at" in part else "")


# -- roots -------------------------------------------------------------------------------------------------------


def check_root(document: dict[str, Any], findings: Findings, *, key: str = "") -> None:
    """Check a root file: its signature, and that the hashes of its blocks and newest entries lead to its root."""
    statement = document["statement"]
    check_signature(statement, document["signature"], "the root", findings, key)
    tree = Tree(bytes.fromhex(block) for block in document["blocks"])
    newest = Tree(leaf_hash(bytes.fromhex(entry)) for entry in document["newest"])
    if newest.size:
        tree.add(newest.root())
    entries = len(document["blocks"]) * BLOCK_SIZE + newest.size
    if entries != statement["entries"] or newest.size >= BLOCK_SIZE:
        findings.faults.append(f"the root: its hashes are those of {entries} entries.")
    if tree.root().hex() != statement["root"]:
        findings.faults.append("the root: its hashes do not lead to it.")
    findings.checked.append(f"the root of {statement['day']} over {entries} entries: {statement['root']}")


def is_in_copy(copy: dict[str, Any], entry: str, index: int, size: int, path: list[bytes]) -> "bool | None":
    """Whether a kept root file has this entry at this index. None if it cannot tell.

    The first nodes of the path lead to the entry's block, if the block is full in both trees.
    """
    block, place = divmod(index, BLOCK_SIZE)
    if block == len(copy["blocks"]) and place < len(copy["newest"]):
        return bool(copy["newest"][place] == entry)
    if block >= len(copy["blocks"]) or (block + 1) * BLOCK_SIZE > size:
        return None
    inside = path[: BLOCK_SIZE.bit_length() - 1]
    found = root_of_path(place, BLOCK_SIZE, leaf_hash(bytes.fromhex(entry)), inside)
    return bool(found is not None and found.hex() == copy["blocks"][block])


# -- trees: RFC 6962, section 2.1 --------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf. It keeps the roots of its full subtrees: one for each bit of its size."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size, self._peaks = 0, list[bytes]()
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf, size = node_hash(self._peaks.pop(), leaf), size >> 1
        self._peaks.append(leaf)
        self.size += 1

    def copy(self) -> "Tree":
        other = Tree()
        other.size, other._peaks = self.size, [*self._peaks]
        return other

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        *peaks, root = self._peaks
        for peak in reversed(peaks):
            root = node_hash(peak, root)
        return root


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """The path from a leaf to the root, from the leaf upwards."""
    if len(leaves) < 2:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*path_of(index, left), Tree(right).root()]
    return [*path_of(index - split, right), Tree(left).root()]


def root_of_path(index: int, size: int, leaf: bytes, path: list[bytes]) -> "bytes | None":
    """The root to which a path leads (RFC 9162, section 2.1.3.2). None if it is too short or too long."""
    last = size - 1
    if not 0 <= index <= last:
        return None
    for node in path:
        if not last:
            return None
        if index & 1 or index == last:
            leaf = node_hash(node, leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = node_hash(leaf, node)
        index, last = index >> 1, last >> 1
    return None if last else leaf


# -- signatures: Ed25519, RFC 8032, section 5.1 ------------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T


def check_signature(statement: Any, signature: Any, name: str, findings: Findings, key: str = "") -> None:
    public = base64.b64decode(signature["public_key"])
    if key and base64.b64decode(key) != public:
        findings.faults.append(f"{name}: it is signed with another key than the given one.")
    if signature["key_id"] != key_id(public):
        findings.faults.append(f"{name}: the ID of its key is not that of its public key.")
    if not is_signed(public, canonical(statement), base64.b64decode(signature["value"])):
        findings.faults.append(f"{name}: the signature does not fit: something was changed after signing.")
    findings.checked.append(f"the signature of {name}, by key {key_id(public)} = {signature['public_key']}")


def key_id(public: bytes) -> str:
    """The first 16 hexadecimal digits of a public key's SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of a message is by this key. Wrong lengths and encodings are no signature."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _decoded(public), _decoded(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or first is None or scalar >= _ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    right = _added(first, _times(int.from_bytes(challenge, "little") % _ORDER, key))
    left = _times(scalar, _BASE)
    return not (
        (left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P
    )


def _decoded(encoded: bytes) -> "Point | None":
    """The point of an encoding (section 5.1.3); None if there is none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_1 % _P
    if x * x % _P != square or (not x and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _added(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _added(result, point)
        point, scalar = _added(point, point), scalar >> 1
    return result


_BASE = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or (0, 1, 1, 0)


# -- the command -------------------------------------------------------------------------------------------------


def read_root(path: Path) -> Any:
    """A root file as it is, not checked."""
    document = json.loads(path.read_text("utf-8"))
    if document["statement"]["format"] != ROOT:
        raise ValueError(f"{path} is no root of a ledger")
    return document


def check_file(path: Path, findings: Findings, *, root: "Path | None" = None, key: str = "") -> None:
    """Check a sheet or a root. Raises ValueError, KeyError or TypeError for a root file that is not readable."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as lines:
        is_sheet = lines.readline().startswith('{"format"')
        lines.seek(0)
        if is_sheet:
            copy = read_root(root) if root else None
            if copy:
                check_root(copy, findings)
            check_sheet(lines, findings, copy=copy, key=key)
            return
    check_root(read_root(path), findings, key=key)


def main(arguments: "list[str] | None" = None) -> int:
    parser = argparse.ArgumentParser(description="Check an evidence sheet or a root of the ledger.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, help="a root file that was kept")
    parser.add_argument("--key", default="", help="the public key that must have signed, in Base64")
    options = parser.parse_args(arguments)
    findings = Findings()
    try:
        check_file(options.file, findings, root=options.root, key=options.key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        findings.faults.append(f"{options.file}: it is not readable ({error}).")
    lines = [
        *(f"Checked: {line}." for line in findings.checked),
        *(f"FAULT: {line}" for line in findings.faults),
    ]
    sys.stdout.write("\n".join([*lines, "NOT as signed." if findings.faults else "All is as signed.", ""]))
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
