"""Examples of every task, made from a seed: the same on every machine.

An example depends on the seed and its own number alone. Its sentences are grammatical and mean
nothing; what matters is that no two examples share a run of 50 characters by chance, so that a run
that a model gives back can only come from its training.
"""

from collections.abc import Callable
from random import Random

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.builtin.lexicon import past
from permille.data.builtin.translation import Clause, english, german
from permille.data.builtin.writer import Writer
from permille.data.config import TaskConfig, TaskName

_SIDES = ("left", "right", "upper", "lower", "inner", "outer")
_UNANSWERABLE_SHARE = 0.33
_SUMMARY_FACTS = 3


def make_examples(task: TaskConfig, count: int, seed: int) -> list[Example]:
    """Return the first examples that a seed gives.

    Args:
        task: A single task.
        count: How many.
        seed: Of the texts.

    Raises:
        SettingsError: If the task is a translation of other languages than English and German.
    """
    make = _MAKERS[task.name]
    return [
        make(task, f"{task.name}-{number:06d}", Random(f"{seed}/{task.name}/{number}"))
        for number in range(count)
    ]


def _dialogue(task: TaskConfig, name: str, random: Random) -> Example:
    """Return a patient's description and a doctor's answer, which share the complaint."""
    draw = Writer(random)
    facts = {
        "my_side": random.choice(_SIDES),
        "my_body": draw.word("body"),
        "my_symptom": draw.word("symptom"),
    }
    writer = Writer(random, facts)
    asked = [
        writer.sentences("dialogue.opening"),
        writer.sentences("dialogue.patient", random.randrange(2, 4)),
        writer.sentences("dialogue.question"),
    ]
    answered = [
        writer.sentences("dialogue.diagnosis"),
        writer.sentences("dialogue.advice", random.randrange(3, 5)),
        writer.sentences("dialogue.closing"),
    ]
    return Example(name, task.name.value, " ".join(asked), " ".join(answered))


class _Event:
    """Who did what to which thing, where, when, with whom: the stuff of a news story."""

    def __init__(self, writer: Writer) -> None:
        self.person, self.town = writer.person(), writer.town()
        self.verb = past(writer.word("verb"))
        self.thing = f"{writer.word('adjective')} {writer.word('noun')}"
        self.job, self.group = writer.word("job"), writer.word("group")
        self.day = writer.word("day")
        self.number = writer.number()

    def told(self, writer: Writer, form: int) -> str:
        """Return the event as a sentence of an article."""
        adverb, noun = writer.word("adverb"), writer.word("noun")
        adjective = writer.word("adjective")
        return writer.fill(
            (
                f"{self.person}, a {adjective} {self.job}, {adverb} {self.verb} the {self.thing} of"
                f" {self.town} on {self.day}, beside {self.number} {noun} fans.",
                f"On {self.day} the {self.town} {self.group} {adverb} said that {self.person}"
                f" {self.verb} the {self.thing} with {self.number} {adjective} {noun} tools.",
                f"A {adjective} {noun} {self.group} in {self.town} {adverb} watched as"
                f" {self.person} {self.verb} {self.number} times the {self.thing}.",
            )[form]
        )

    def summed_up(self, writer: Writer, form: int) -> str:
        """Return the event in other and fewer words."""
        return writer.fill(
            (
                f"{self.thing} {self.verb} by {self.person} in {self.town}.",
                f"{self.town} {self.group} reports {self.thing} {self.verb} by {self.person}.",
                f"{self.number} times {self.person} {self.verb} {self.town}'s {self.thing}.",
            )[form]
        )


def _summarization(task: TaskConfig, name: str, random: Random) -> Example:
    """Return an article of several events and details, and a summary of the events."""
    writer = Writer(random)
    events = [_Event(writer) for _ in range(_SUMMARY_FACTS)]
    forms = random.sample(range(3), _SUMMARY_FACTS)
    article = []
    for event, form in zip(events, forms, strict=True):
        article += [event.told(writer, form), writer.sentences("news.detail")]
    summary = " ".join(
        event.summed_up(writer, form) for event, form in zip(events, forms, strict=True)
    )
    return Example(name, task.name.value, " ".join(article), summary)


def _qa(task: TaskConfig, name: str, random: Random) -> Example:
    """Return a question about a text, and its answer where the text has one."""
    writer = Writer(random)
    person, town, number = writer.person(), writer.town(), writer.number()
    verb = writer.word("verb")
    thing, other = (f"{writer.word('adjective')} {writer.word('noun')}" for _ in range(2))
    adverb, tool = writer.word("adverb"), f"{writer.word('adjective')} {writer.word('noun')} tools"
    fact = f"In {town}, {person} {adverb} {past(verb)} the {thing} with {number} {tool}."
    asked, answer = random.choice(
        [
            (f"Who {past(verb)} the {{thing}}?", person),
            (f"Where did {person} {verb} the {{thing}}?", town),
            (f"How many {tool} {past(verb)} the {{thing}}?", number),
        ]
    )
    is_answered = random.random() >= _UNANSWERABLE_SHARE
    question = asked.format(thing=thing if is_answered else other)
    facts = [writer.sentences("qa.fact") for _ in range(3)]
    facts.insert(random.randrange(4), fact)
    return Example(
        name,
        task.name.value,
        f"question: {question} context: {' '.join(facts)}",
        answer if is_answered else task.no_answer,
        (answer,) if is_answered else (),
    )


def _translation(task: TaskConfig, name: str, random: Random) -> Example:
    """Return a sentence and its translation by fixed rules and a fixed dictionary."""
    writer = Writer(random)
    clauses = [Clause.draw(writer) for _ in range(2)]
    texts = {"en": english(clauses), "de": german(clauses)}
    direction = (task.source_language, task.target_language)
    if set(direction) != set(texts):
        raise SettingsError(
            "task.source_language, task.target_language: want en and de with data=builtin, got"
            f" {' and '.join(direction)}; use data=files or data=hub"
        )
    return Example(name, task.name.value, texts[direction[0]], texts[direction[1]])


def _sentiment(task: TaskConfig, name: str, random: Random) -> Example:
    """Return a review, whose words of praise or blame decide its label."""
    writer = Writer(random)
    label, kind, other = random.choice(
        [("positive", "praise", "blame"), ("negative", "blame", "praise")]
    )
    said = [writer.sentences(f"review.{kind}") for _ in range(3)]
    said += [writer.sentences(f"review.{other}") for _ in range(random.randrange(2))]
    said += [writer.sentences("review.plot") for _ in range(2)]
    random.shuffle(said)
    text = " ".join([writer.sentences("review.opening"), *said])
    return Example(name, task.name.value, text, label)


_MAKERS: dict[TaskName, Callable[[TaskConfig, str, Random], Example]] = {
    TaskName.dialogue: _dialogue,
    TaskName.summarization: _summarization,
    TaskName.qa: _qa,
    TaskName.translation: _translation,
    TaskName.sentiment: _sentiment,
}
