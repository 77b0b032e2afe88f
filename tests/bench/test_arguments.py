"""Arguments of the benchmarks."""

import pytest

from bench.__main__ import main


def test_each_part_can_run_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    parts = (
        "{inbound,text_cost,pages,stop_latency,contacts,audience,broadcasts,imports,api,batch,reports,search,folders,isolation,"
        "idle_browsers,live_texts,daily_root,first_paint,small_machine}"
    )
    assert parts in capsys.readouterr().out
