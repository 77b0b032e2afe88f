"""The releases that an upgrade starts from: their code in the history of the repository, and a dump of their demo."""

import gzip
import io
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from devserver.addresses import ROOT

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Release:
    version: str
    # The files of the release, as `git rev-parse COMMIT^{tree}` names them.
    tree: str

    @property
    def dump(self) -> Path:
        """What `pg_dump` wrote of the release's demo; docs/releases.md says how."""
        return HERE / f"{self.version}.sql.gz"

    def migrations(self) -> set[tuple[str, str]]:
        """The migrations (app, name) that the release had."""
        text = gzip.decompress(self.dump.read_bytes()).decode()
        found = re.search(r"^COPY public\.django_migrations .*?\n(.*?)^\\\.$", text, re.M | re.S)
        assert found, f"{self.dump} has no migrations"
        return {(app, name) for _, app, name, _ in (row.split("\t") for row in found[1].splitlines())}

    def extract_code(self, folder: Path) -> None:
        """Write the release's files into `folder`. Fails, and says why, where the history is missing."""
        run = subprocess.run(
            ["git", "archive", self.tree], cwd=ROOT, capture_output=True, check=False, timeout=60
        )
        assert run.returncode == 0, (
            f"The files of release {self.version} are not in this clone: {run.stderr.decode().strip()}. "
            "Fetch the whole history (git fetch --unshallow)."
        )
        with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
            archive.extractall(folder, filter="data")


# The newest last. An upgrade from any of them is one step; older ones go through the first.
RELEASES = [Release("0.1.0", "8e619afe02a936ab693f48c4582afd92f28d1c90")]
