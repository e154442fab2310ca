"""Settings as they may be written to files: without anyone's password."""

import re
from collections.abc import Mapping, Sequence

from omegaconf import DictConfig, OmegaConf

_USER_INFO = re.compile(r"(?<=://)[^/@\s\"']+@")


def plain_settings(config: DictConfig) -> dict[str, object]:
    """Return a composed configuration as plain values, without secrets."""
    values = OmegaConf.to_container(config, resolve=True, enum_to_str=True)
    found = without_secrets(values)
    return dict(found) if isinstance(found, Mapping) else {}


def without_secrets(value: object) -> object:
    """Return a value with the user and password of every address in its texts taken out.

    >>> without_secrets(["retrieve.url=https://me:secret@host:9200"])
    ['retrieve.url=https://host:9200']
    """
    if isinstance(value, str):
        return _USER_INFO.sub("", value)
    if isinstance(value, Mapping):
        return {key: without_secrets(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [without_secrets(one) for one in value]
    return value
