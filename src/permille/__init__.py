"""Measures what a fine-tuned language model gives back of its training data."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from permille.audit.report import AuditReport
    from permille.run.texts import Texts

__all__ = ["audit_texts"]


def audit_texts(generations: "Texts", documents: "Texts", **settings: object) -> "AuditReport":
    """Find what generations give back of documents; no model is loaded.

    Args:
        generations: A file of JSON lines, or texts, each a string or a mapping with `text` and
            what else a line of generations.jsonl has.
        documents: Likewise.
        **settings: Settings of evaluate.py: an option of a group (``audit="paper"``), values of a
            group (``retrieve={"top_k": 5}``), or a root setting (``seed=1``).

    Returns:
        What `report.json` has, by `to_dict()`.

    Raises:
        SettingsError: If a setting is wrong; the message has a line for each fault.
        DataError: If a text is not what it should be, or there is none; the first text of a list is
            its line 1.
    """
    from permille.run import texts

    return texts.audit_texts(generations, documents, **settings)
