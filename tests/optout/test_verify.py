"""The checker's own signatures and trees, against the published vectors of RFC 8032 and RFC 6962."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from optout import verify
from optout.verify import Tree, is_signed, leaf_hash, path_of, root_of_path

# RFC 8032, section 7.1: public key, message, signature.
SIGNATURES = {
    "test 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
        "24655141438e7a100b",
    ),
    "test 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
        "eeb00d291612bb0c00",
    ),
    "test 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"
        "8dc027beceea1ec40a",
    ),
    "test SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac1"
        "7ad9bef1177331a704",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNATURES)
def test_published_signatures(name: str) -> None:
    public, message, signature = map(bytes.fromhex, SIGNATURES[name])
    assert is_signed(public, message, signature)
    assert not is_signed(public, message + b"\0", signature)
    for place in range(0, 64, 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not is_signed(public, message, bytes(changed))
    other = bytearray(public)
    other[3] ^= 1
    assert not is_signed(bytes(other), message, signature)


def test_signatures_in_other_encodings_are_none() -> None:
    """A scalar above the order, a y above p, and wrong lengths: RFC 8032, section 5.1.7."""
    public, message, signature = map(bytes.fromhex, SIGNATURES["test 2"])
    scalar = int.from_bytes(signature[32:], "little") + verify._ORDER
    assert not is_signed(public, message, signature[:32] + scalar.to_bytes(32, "little"))
    assert not is_signed(b"\xff" * 32, message, signature)
    assert not is_signed(public, message, signature[:63])
    assert not is_signed(public[:31], message, signature)


def test_signatures_of_the_library_that_signs() -> None:
    for seed in range(5):
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        message = f"message {seed}".encode()
        assert is_signed(private.public_key().public_bytes_raw(), message, private.sign(message))


# The reference tests of Certificate Transparency (google/certificate-transparency, merkle_tree_test.cc).
LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {  # (leaf, size): the path
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def test_published_roots() -> None:
    assert [Tree(map(leaf_hash, LEAVES[:size])).root().hex() for size in range(9)] == ROOTS


def test_published_paths() -> None:
    for (index, size), path in PATHS.items():
        assert [node.hex() for node in path_of(index, list(map(leaf_hash, LEAVES[:size])))] == path


def test_every_path_leads_to_its_root_and_to_no_other() -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(40)]
    for size in range(1, 41):
        root = Tree(leaves[:size]).root()
        for index in range(size):
            path = path_of(index, leaves[:size])
            assert root_of_path(index, size, leaves[index], path) == root
            assert root_of_path(index, size, leaves[index - 1], path) != root or size == 1
            assert root_of_path(index, size, leaves[index], [*path, root]) is None
            assert not path or root_of_path(index, size, leaves[index], path[:-1]) is None
            assert root_of_path(index + size, size, leaves[index], path) is None


def test_the_checker_is_one_file_of_plain_python(tmp_path: Path) -> None:
    """It runs alone in an empty folder, without the product and its libraries."""
    checker, file = tmp_path / "verify.py", tmp_path / "sheet.json"
    checker.write_bytes(Path(verify.__file__).read_bytes())
    file.write_text("{}")
    command = [sys.executable, "-I", "-S", str(checker), str(file)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert (run.returncode, run.stderr) == (1, "")
    assert "it is not readable" in run.stdout
