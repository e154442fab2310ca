"""From Hydra's DictConfig to checked settings, in one step that reports every fault at once."""

from collections.abc import Iterator
from typing import TypeVar, get_type_hints

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from permille.config.field_types import field_type, inner_type, type_in_words, unknown_setting
from permille.config.rules import broken_rules
from permille.core.errors import PermilleError, raise_faults

Root = TypeVar("Root")


def to_settings(config: DictConfig, schema: type[Root]) -> Root:
    """Turn a composed configuration into settings.

    Args:
        config: What Hydra composed, without its own node.
        schema: The dataclass of the root.

    Raises:
        SettingsError: If anything is wrong; the message has a line for every unknown setting,
            missing value and broken rule.
    """
    faults = [unknown_setting(schema, key) for key in _unknown_keys(config, schema)]
    faults += [
        f"{key}: want {type_in_words(field_type(schema, key))}, got no value; add {key}=VALUE"
        for key in sorted(OmegaConf.missing_keys(config))
    ]
    values: dict[str, object] = {}
    for name in get_type_hints(schema):
        faults += _convert(config, name, values)
    root = schema(**values)
    if len(values) == len(config):
        faults += broken_rules(root)
    raise_faults(faults)
    return root


def _convert(config: DictConfig, name: str, values: dict[str, object]) -> Iterator[str]:
    """Put the value of one root field into `values`; yield what is wrong with it."""
    if name not in list(config):
        yield f"{name}: want a value, got ~{name}; to clear a setting write {name}=null"
    elif OmegaConf.is_missing(config, name):
        return
    node = config.get(name)
    if not isinstance(node, DictConfig | ListConfig):
        values[name] = node
    elif not OmegaConf.missing_keys(node):
        try:
            values[name] = OmegaConf.to_object(node)
        except PermilleError as error:
            yield from str(error).splitlines()
        except (OmegaConfBaseException, ValueError, TypeError) as error:
            yield f"{name}: {str(error).splitlines()[0]}"


def _unknown_keys(node: DictConfig, schema: object, prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of the values that no dataclass has a field for."""
    for key in (str(key) for key in node):
        kind = inner_type(schema, key)
        if kind is None:
            yield f"{prefix}{key}"
        elif not OmegaConf.is_missing(node, key) and isinstance(node.get(key), DictConfig):
            yield from _unknown_keys(node[key], kind, f"{prefix}{key}.")
