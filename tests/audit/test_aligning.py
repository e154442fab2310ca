"""Alignment in one process or in several."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from joblib import Parallel, cpu_count, delayed, parallel_config

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.align.stored import RECORDS, stored_path, write_prepared
from permille.audit import aligning
from permille.audit.aligning import (
    ManyAligner,
    OwnAligner,
    PreparedTexts,
    Work,
    prepare_part,
    workers_for,
)
from permille.core.records import Kind


@pytest.fixture
def pairs(writer):
    """Pairs of which every third is a copy."""
    texts = [writer.text(4) for _ in range(30)]
    return [(text[:200] if i % 3 == 0 else texts[i - 1], text) for i, text in enumerate(texts)]


def test_pairs_are_aligned_in_their_order(pairs):
    aligner = Aligner(AlignConfig())
    found = ManyAligner(aligner)(pairs)
    assert found == [aligner.align(*pair) for pair in pairs]
    assert [i for i, one in enumerate(found) if one.kind is not Kind.NONE] == list(range(0, 30, 3))


def test_a_part_is_aligned_under_its_own_settings(pairs):
    strict = AlignConfig(verbatim_minlen=400, min_plaglen=400)
    for config in (AlignConfig(), strict, AlignConfig()):
        assert OwnAligner(Work(config))(pairs) == list(Aligner(config).align_many(pairs))


def frozen_after(own: OwnAligner, pairs: list[tuple[str, str]]) -> tuple[int, int]:
    """Align, and return the process and how many objects its garbage collector passes over."""
    gc.unfreeze()
    own(pairs)
    return os.getpid(), gc.get_freeze_count()


@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_texts_that_a_worker_keeps_are_no_work_for_its_garbage_collector(pairs, backend):
    own = OwnAligner(Work(AlignConfig()))
    with parallel_config(backend=backend):
        found = Parallel(n_jobs=2)(delayed(frozen_after)(own, pairs) for _ in range(2))
    assert os.getpid() not in dict(found)
    assert all(frozen > 1_000 for _, frozen in found)


@pytest.mark.parametrize("backend", ["threading", "sequential"])
def test_the_garbage_collector_of_the_callers_own_process_is_left_alone(pairs, backend):
    own = OwnAligner(Work(AlignConfig()))
    with parallel_config(backend=backend):
        found = Parallel(n_jobs=2)(delayed(frozen_after)(own, pairs) for _ in range(2))
    assert found == [(os.getpid(), 0)] * 2


def test_each_thread_keeps_a_detector_of_its_own(pairs):
    both_have_aligned = Barrier(2)

    def detectors() -> list[Aligner]:
        OwnAligner(Work(AlignConfig()))(pairs[:1])
        first = aligning._OWN.aligner
        both_have_aligned.wait(timeout=60)
        OwnAligner(Work(AlignConfig()))(pairs[1:2])
        return [first, aligning._OWN.aligner]

    with ThreadPoolExecutor(2) as pool:
        (left, left_again), (right, right_again) = pool.map(lambda _: detectors(), range(2))
    assert left is left_again
    assert right is right_again
    assert left is not right


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
@pytest.mark.parametrize("rules", ["mended", "published"])
def test_every_backend_finds_the_same_in_the_same_order(pairs, backend, rules):
    aligner = Aligner(AlignConfig(rules=rules))
    wanted = [aligner.align(*pair) for pair in pairs]
    assert any(one.kind is not Kind.NONE for one in wanted)
    with parallel_config(backend=backend):
        assert ManyAligner(aligner, num_workers=2)(pairs) == wanted


@pytest.mark.slow
def test_several_processes_find_the_same(pairs):
    aligner = Aligner(AlignConfig())
    assert ManyAligner(aligner, num_workers=2)(pairs) == ManyAligner(aligner)(pairs)
    assert ManyAligner(aligner, num_workers=2)([]) == []


@pytest.mark.slow
def test_a_dask_cluster_finds_the_same(pairs):
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    aligner = Aligner(AlignConfig())
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster), parallel_config(backend="dask"):
        assert ManyAligner(aligner, num_workers=2)(pairs) == ManyAligner(aligner)(pairs)


@pytest.mark.slow
def test_a_ray_cluster_finds_the_same(pairs):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.util.joblib import register_ray

    register_ray()
    aligner = Aligner(AlignConfig())
    ray.init(num_cpus=2, include_dashboard=False)
    try:
        with parallel_config(backend="ray"):
            assert ManyAligner(aligner, num_workers=2)(pairs) == ManyAligner(aligner)(pairs)
    finally:
        ray.shutdown()


def test_moved_thresholds_find_what_an_aligner_of_their_own_finds(pairs):
    many = ManyAligner(Aligner(AlignConfig()))
    many(pairs)
    for moved in (AlignConfig(verbatim_minlen=120), AlignConfig(th1=0.9, th3=0.9)):
        assert many.with_thresholds(moved)(pairs) == ManyAligner(Aligner(moved))(pairs)


def test_other_ways_of_preparing_are_no_thresholds():
    with pytest.raises(ValueError, match=r"want thresholds only to differ .* min_sentlen=9"):
        ManyAligner(Aligner(AlignConfig())).with_thresholds(AlignConfig(min_sentlen=9))


def test_prepared_texts_are_kept_while_they_are_used():
    prepared = PreparedTexts(Aligner(), max_chars=25)
    first = prepared("ten chars.")
    assert prepared("ten chars.") is first
    prepared("ten more!!")
    assert prepared("ten chars.") is first
    prepared("and more!!")
    assert len(prepared) == 2
    assert prepared("ten chars.") is first


def test_stored_texts_are_not_prepared_again(pairs, tmp_path, monkeypatch):
    config = AlignConfig()
    wanted = ManyAligner(Aligner(config))(pairs)
    records = prepare_part(Work(config), [text for pair in pairs for text in pair])
    write_prepared(tmp_path, config.preparation_fingerprint, records)
    aligner = Aligner(config)
    monkeypatch.setattr(aligner, "prepare", None)
    assert ManyAligner(aligner, folders=[tmp_path, tmp_path / "missing"])(pairs) == wanted
    work = Work(config, (tmp_path,))
    assert OwnAligner(work)(pairs) == wanted


def test_stored_texts_that_were_cut_off_are_prepared_again(pairs, tmp_path):
    config = AlignConfig()
    records = prepare_part(Work(config), [text for pair in pairs for text in pair])
    write_prepared(tmp_path, config.preparation_fingerprint, records)
    os.truncate(stored_path(tmp_path, config.preparation_fingerprint) / RECORDS, 1_000)
    wanted = ManyAligner(Aligner(config))(pairs)
    assert ManyAligner(Aligner(config), folders=[tmp_path])(pairs) == wanted


@pytest.mark.parametrize(
    ("num_pairs", "asked", "wanted"), [(100, None, 1), (10**6, 1, 1), (100, 3, 3)]
)
def test_processes_are_started_where_they_pay_or_were_asked_for(num_pairs, asked, wanted):
    assert workers_for(num_pairs, asked) == wanted


def test_many_pairs_take_as_many_processes_as_there_are_cores():
    assert workers_for(10**6) == cpu_count()


def test_the_two_texts_of_a_pair_are_kept_however_long_they_are():
    prepared = PreparedTexts(Aligner(), max_chars=5)
    long = prepared("longer than five characters")
    for other in ("and one more text", "and another text"):
        prepared(other)
        assert prepared("longer than five characters") is long
    assert len(prepared) == 2
