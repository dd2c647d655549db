import pathlib
import re

import pytest

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "python.md"


@pytest.mark.filterwarnings("ignore::surgrad.SurgradWarning")
def test_the_documentations_code_runs(capsys):
    """All of it, from top to bottom, as a reader would type it."""
    names = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    assert len(blocks) >= 4
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert float(capsys.readouterr().out.split()[-1]) > 0.9
    assert names["net"].evaluate(names["data"]).spikes_per_sample[0] > 1
    assert names["good"]
