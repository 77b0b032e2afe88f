"""The bench says what it takes."""

import pytest

from bench.__main__ import main


def test_each_part_can_be_measured_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "{inbound,pages,meanwhile,contacts,imports,api,reports,first_paint}" in capsys.readouterr().out
