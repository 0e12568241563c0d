from ipqa.interfaces import progress
from ipqa.interfaces.progress import BuildProgress


def shown(monkeypatch, seconds_between):
    clock = iter(range(0, 10**6, seconds_between))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with BuildProgress() as bar:
        bar("编码", 1, 2)
        return bar._bar.live.is_started


def test_the_bar_appears_once_a_build_takes_longer_than_a_second(monkeypatch):
    assert not shown(monkeypatch, 1)
    assert shown(monkeypatch, 2)


def test_the_stages_of_a_real_build_each_reach_their_end(tmp_path):
    from ipqa import PolicySearch
    from tests.conftest import CORPUS
    from tests.fakes import HashEncoder

    seen = {}
    PolicySearch.open(
        CORPUS,
        tmp_path,
        HashEncoder(),
        progress=lambda stage, done, total: seen.update({stage: (done, total)}),
    )
    assert {"读取文件", "编码条款", "编码问题", "建立词表"} <= set(seen)
    assert all(done == total for stage, (done, total) in seen.items())
