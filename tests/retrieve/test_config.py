"""Settings of retrieval are read, checked, and hold no credentials."""

from dataclasses import fields
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import ValidationError

from permille.core.errors import SettingsError
from permille.retrieve.config import DistributedScores, Engine, RetrieveConfig

GROUP = Path(__file__).resolve().parents[2] / "src" / "permille" / "conf" / "retrieve"


def read(*overrides: str) -> RetrieveConfig:
    schema = OmegaConf.structured(RetrieveConfig)
    return OmegaConf.to_object(OmegaConf.merge(schema, OmegaConf.from_dotlist(list(overrides))))


def test_the_embedded_engine_and_ten_candidates_are_the_default() -> None:
    assert (RetrieveConfig().engine, RetrieveConfig().top_k) == (Engine.tantivy, 10)


@pytest.mark.parametrize("path", sorted(GROUP.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_option_fits_the_schema_and_names_its_engine(path: Path) -> None:
    merged = OmegaConf.merge(OmegaConf.structured(RetrieveConfig), OmegaConf.load(path))
    assert OmegaConf.to_object(merged).engine == path.stem


def test_there_is_an_option_for_each_engine() -> None:
    assert {path.stem for path in GROUP.glob("*.yaml")} == set(Engine)


@pytest.mark.parametrize(
    ("override", "urls"),
    [
        pytest.param("url=https://a:1", ["https://a:1"], id="one"),
        pytest.param("url=[https://a:1,https://b:2]", ["https://a:1", "https://b:2"], id="a list"),
        pytest.param("url=null", [], id="none"),
    ],
)
def test_an_address_may_be_one_or_a_list(override: str, urls: list[str]) -> None:
    assert read(override).urls == urls


@pytest.mark.parametrize("value", ["", [], [""], 9200, [9200], {"host": "a"}])
def test_what_is_no_address_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match=r"retrieve\.url: want an address or a list of add"):
        RetrieveConfig(url=value)


def test_an_address_and_a_cloud_id_are_one_too_many() -> None:
    with pytest.raises(SettingsError, match=r"url and retrieve\.cloud_id: want one .* got both"):
        RetrieveConfig(url="https://a:1", cloud_id="name:abc")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top_k", 0),
        ("top_k", 1001),
        ("shards", 0),
        ("replicas", -1),
        ("parallel", 0),
        ("queries_per_request", 0),
        ("timeout_s", 0),
        ("wait_s", -1),
        ("give_up_after_s", -1),
        ("bulk_mb", 0),
        ("bulk_mb", 91),
    ],
)
def test_a_number_out_of_range_is_named_with_the_range(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=rf"retrieve\.{name}: want [\d.]+ to \d+, got {value}"):
        RetrieveConfig(**{name: value})  # type: ignore[arg-type]


def test_an_unknown_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match=r"expected one of \[tantivy, elasticsearch\]"):
        read("engine=lucene")


def test_scores_can_be_gathered_by_name() -> None:
    assert read("distributed_scores=always").distributed_scores is DistributedScores.always


def test_no_field_is_for_a_secret() -> None:
    names = " ".join(field.name for field in fields(RetrieveConfig))
    assert not any(word in names for word in ("password", "api_key", "user", "secret", "token"))


def test_what_the_ranking_depends_on_tells_two_searches_apart() -> None:
    server = {"engine": Engine.elasticsearch}
    rankings = {
        RetrieveConfig().ranking,
        RetrieveConfig(**server).ranking,
        RetrieveConfig(**server, shards=3).ranking,
        RetrieveConfig(**server, shards=3, distributed_scores=DistributedScores.never).ranking,
    }
    assert len(rankings) == 4
    assert RetrieveConfig(**server, url="http://a").ranking == RetrieveConfig(**server).ranking
