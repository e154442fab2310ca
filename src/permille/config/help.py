"""What `--help` prints.

Hydra's own way copies every schema for each group that it lists, which takes seconds.
"""

from collections.abc import Iterator
from pathlib import Path
from string import Template

from omegaconf import OmegaConf

import permille.conf
from permille.config.schema import Program

CONF = Path(permille.conf.__file__).parent
NO_DEFAULT = "(none by default)"


def help_text(program: Program, config_dir: Path | None = None) -> str:
    """Return a program's help: the text in `conf/hydra/help`, with the groups and their options.

    Args:
        program: Whose help.
        config_dir: A folder of the user's own YAML files, whose options are listed as well.
    """
    folders = [CONF] if config_dir is None else [CONF, config_dir]
    groups = "\n".join(_line(group, chosen, folders) for group, chosen in _groups_of(program))
    template = OmegaConf.load(CONF / "hydra" / "help" / f"{program}.yaml").template
    return Template(template).substitute(APP_CONFIG_GROUPS=groups)


def _groups_of(program: Program) -> Iterator[tuple[str, str | None]]:
    """Yield each group of a program and the option that its defaults choose."""
    for entry in OmegaConf.load(CONF / f"{program}.yaml").defaults:
        if OmegaConf.is_dict(entry):
            yield from (
                (str(group), chosen)
                for group, chosen in entry.items()
                if not str(group).startswith("override ")
            )


def _line(group: str, chosen: str | None, folders: list[Path]) -> str:
    """Return a group with its options, the default first."""
    names = {path.stem for folder in folders for path in (folder / group).glob("*.yaml")}
    options = sorted(names, key=lambda name: (name != chosen, name))
    if chosen is None:
        options.insert(0, NO_DEFAULT)
    return f"  {group:<12}{', '.join(options)}"
