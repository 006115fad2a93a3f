"""Settings: read once, wrong ones told all together."""

from pathlib import Path

import pytest

from chassis.settings import BadSettings, ServiceSettings, Settings, setting


class Sample(Settings):
    host: str = setting("SAMPLE_HOST", help="where it is")
    port: int = setting("SAMPLE_PORT", help="its port", default=25)
    wait: float = setting("SAMPLE_WAIT", help="seconds", default=1.5)
    secure: bool = setting("SAMPLE_SECURE", help="TLS", default=False)
    folder: Path | None = setting("SAMPLE_FOLDER", help="a folder", default=None)
    mode: str = setting("SAMPLE_MODE", help="how", default="fast", choices=("fast", "safe"))


def test_texts_become_what_was_declared():
    sample = Sample.load(
        {"SAMPLE_HOST": "h", "SAMPLE_PORT": "7", "SAMPLE_WAIT": "2", "SAMPLE_SECURE": "yes", "SAMPLE_FOLDER": "/x",
         "SAMPLE_MODE": "SAFE", "OTHER": "ignored"}
    )  # fmt: skip
    assert vars(sample) == {
        "host": "h", "port": 7, "wait": 2.0, "secure": True, "folder": Path("/x"), "mode": "safe",
    }  # fmt: skip


def test_what_is_not_given_has_its_default_and_an_empty_one_is_not_given():
    sample = Sample.load({"SAMPLE_HOST": "h", "SAMPLE_PORT": ""})
    assert (sample.port, sample.folder, sample.mode) == (25, None, "fast")


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(BadSettings) as bad:
        Sample.load({"SAMPLE_PORT": "x", "SAMPLE_SECURE": "perhaps", "SAMPLE_MODE": "slow", "SAMPLE_WAIT": "long"})
    assert [problem.partition(":")[0] for problem in bad.value.problems] == [
        "SAMPLE_HOST is missing", "SAMPLE_PORT", "SAMPLE_WAIT", "SAMPLE_SECURE", "SAMPLE_MODE",
    ]  # fmt: skip


def test_a_subclass_has_what_its_parent_has():
    class More(Sample):
        extra: int = setting("SAMPLE_EXTRA", help="more")

    assert [row.variable for row in More.describe()][-1] == "SAMPLE_EXTRA"
    assert More.load({"SAMPLE_HOST": "h", "SAMPLE_EXTRA": "3"}).extra == 3


def test_the_description_says_what_is_needed():
    rows = {row.variable: row for row in Sample.describe()}
    assert rows["SAMPLE_HOST"].required and rows["SAMPLE_HOST"].default is None
    assert (rows["SAMPLE_PORT"].type, rows["SAMPLE_PORT"].default) == ("int", "25")
    assert rows["SAMPLE_FOLDER"].type == "Path" and rows["SAMPLE_MODE"].type == "fast|safe"


def test_tests_may_give_values_and_only_known_ones():
    assert Sample(host="h").port == 25
    with pytest.raises(TypeError, match="needs host"):
        Sample()
    with pytest.raises(TypeError, match="no setting hots"):
        Sample(hots="h")


def test_a_service_needs_a_database_and_a_broker():
    with pytest.raises(BadSettings) as bad:
        ServiceSettings.load({})
    assert len(bad.value.problems) == 2
