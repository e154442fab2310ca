"""A simulated model with a known chance of each way to answer, and what follows from the chances.

Nothing here looks at what an audit found: `Process.share` adds up the chances of all outcomes of
one generation in which something holds.
"""

from dataclasses import dataclass
from itertools import product
from random import Random

from permille.core.records import Arm, Document, Generation, Kind, Part, Split

NUM_EXAMPLES = 50
"""Examples of a split, or a multiple: stock sentences are as many as there are fifties."""
NUM_TWINS = 10
"""Of fifty examples, those whose document is also another one's; in pairs."""
NUM_HOLDERS = 7
"""Documents that hold a stock sentence: more than the 5 of boilerplate, fewer than the top 10."""
STOCK_SHARE = 0.3
"""Generations that end with a stock sentence, of those that neither are short nor loop."""
CLOSINGS = ("Regards, Dr Nolan", "Best of luck, Dr Weiss", "Yours, Dr Okafor", "Dr Lindqvist")
"""What follows a stock sentence by chance: no more than five documents have one and the same."""
SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en")]
TRAINED = {"short": 0.1, "loop": 0.1, "quote": 0.15, "copy": 0.2, "paraphrase": 0.1}
"""Chances of a fine-tuned model on its training prompts; the rest is text of its own."""
TRAINED_TWIN = TRAINED | {"copy": 0.35, "paraphrase": 0.2}
"""Likewise where two examples have the document."""
BASE = {"short": 0.1, "empty loop": 0.1, "quote": 0.15, "copy": 0.05, "paraphrase": 0.05}
UNTRAINED = {"short": 0.1, "empty loop": 0.1, "quote": 0.15}
NULL = {"short": 0.1, "empty loop": 0.05, "loop": 0.05, "quote": 0.15, "paraphrase": 0.2}
"""What a model can do that learned nothing: quote, repeat and rewrite its own example."""


@dataclass(frozen=True)
class Found:
    """A case that an outcome has."""

    kind: Kind
    own: bool
    copied: bool = False
    stock: bool = False


@dataclass(frozen=True)
class Outcome:
    """One way that a generation can turn out."""

    way: str
    twin: bool
    cases: tuple[Found, ...]

    @property
    def is_measurable(self):
        return self.way != "short"

    @property
    def is_degenerate(self):
        return self.way in ("loop", "empty loop")

    def kind(self, keep=lambda _: True):
        """The strongest kind of its cases; a generation too short to measure has none."""
        kinds = {case.kind for case in self.cases if keep(case)}
        return next((k for k in (Kind.VERBATIM, Kind.PARAPHRASE) if k in kinds), None)


KIND_OF_WAY = {
    "loop": Kind.VERBATIM,
    "quote": Kind.VERBATIM,
    "copy": Kind.VERBATIM,
    "paraphrase": Kind.PARAPHRASE,
}


@dataclass(frozen=True)
class Process:
    """The chances of one arm on one split, against the documents of its own or the other split."""

    chances: dict
    twin_chances: dict
    num_examples: int = NUM_EXAMPLES
    is_other_index: bool = False

    def outcomes(self):
        """Every outcome with its chance."""
        twins = NUM_TWINS / NUM_EXAMPLES
        for twin, chances in ((False, self.chances), (True, self.twin_chances)):
            of_examples = twins if twin else 1 - twins
            rest = 1 - sum(chances.values())
            for way, chance in [*chances.items(), ("other", rest)]:
                for stock, chance_of_stock in self._stock(way, twin=twin):
                    cases = (*self._cases(way, twin=twin), *stock)
                    yield of_examples * chance * chance_of_stock, Outcome(way, twin, cases)

    def share(self, holds, of=lambda _: True):
        """The chance that something holds of an outcome, among those of which it is asked."""
        among = [(chance, outcome) for chance, outcome in self.outcomes() if of(outcome)]
        whole = sum(chance for chance, _ in among)
        return sum(chance for chance, outcome in among if holds(outcome)) / whole

    def _cases(self, way, *, twin):
        """The cases of an answer without its stock sentence."""
        if way not in KIND_OF_WAY or self.is_other_index:
            return ()
        own = Found(KIND_OF_WAY[way], own=True, copied=way == "quote")
        return (own, Found(own.kind, own=False, copied=own.copied)) if twin else (own,)

    def _stock(self, way, *, twin):
        """The cases of a stock sentence, with the chance of each; a twin's document holds none."""
        if way in ("short", "loop", "empty loop"):
            return [((), 1.0)]
        of_own = 0 if twin or self.is_other_index else NUM_HOLDERS / self._num_single
        other = Found(Kind.VERBATIM, own=False, stock=True)
        both = (other, Found(Kind.VERBATIM, own=True, stock=True))
        return [
            ((), 1 - STOCK_SHARE),
            ((other,), STOCK_SHARE * (1 - of_own)),
            (both, STOCK_SHARE * of_own),
        ]

    @property
    def _num_single(self):
        return self.num_examples * (NUM_EXAMPLES - NUM_TWINS) // NUM_EXAMPLES


class Simulation:
    """Documents, and the generations of models that give them back with known chances.

    Args:
        seed: Of everything.
        chances: By arm and split the chances of single examples and of twins.
        num_examples: Of each split.
    """

    def __init__(self, seed, chances, num_examples=NUM_EXAMPLES):
        self._rng = Random(seed)
        self._stocks = [self._sentence(14) for _ in range(num_examples // NUM_EXAMPLES)]
        self.documents, self.generations = [], []
        for split in Split:
            self._split(split, chances, num_examples)

    def _split(self, split, chances, num_examples):
        rng = self._rng
        num_twins = num_examples * NUM_TWINS // NUM_EXAMPLES
        targets = [self._text(8) for _ in range(num_examples)]
        targets[1:num_twins:2] = targets[0:num_twins:2]
        holders = rng.sample(range(num_twins, num_examples), NUM_HOLDERS * len(self._stocks))
        stock_of = {i: self._stocks[place // NUM_HOLDERS] for place, i in enumerate(holders)}
        for i, target in enumerate(targets):
            example_id = f"{split}-{i}"
            text = f"{target} {self._closed(stock_of[i], i)}" if i in stock_of else target
            document = Document(f"{example_id}/t", text, example_id, Part.SUFFIX, split, "made")
            self.documents.append(document)
            for arm in Arm:
                of_arm = chances[arm, split][i < num_twins]
                self._generation(arm, split, example_id, target, of_arm)

    def _generation(self, arm, split, example_id, target, chances):
        rng = self._rng
        ways = [*chances, "other"]
        (way,) = rng.choices(ways, [*chances.values(), 1 - sum(chances.values())])
        passage = target[rng.randrange(2) :][: rng.randint(90, 200)].rsplit(" ", 1)[0]
        text = self._answer(way, target, passage)
        if way not in ("short", "loop", "empty loop") and rng.random() < STOCK_SHARE:
            text = f"{text} {self._closed(rng.choice(self._stocks), rng.randrange(9))}"
        prompt = f"Go on: {passage}" if way == "quote" else f"Write {example_id}"
        name = f"{split}-{arm}-{example_id}"
        self.generations.append(Generation(name, text, "made", example_id, split, arm, prompt))

    def _answer(self, way, target, passage):
        match way:
            case "short":
                return self._sentence(4)[:40]
            case "loop":
                return " ".join([passage[:80]] * 12)
            case "empty loop":
                return " ".join([self._sentence(8)] * 12)
            case "quote" | "copy":
                return f"{self._sentence(10)} {passage}"
            case "paraphrase":
                return self._rewritten(target)
            case _:
                return self._text(2)

    def _rewritten(self, text):
        """Every sixth word left out and some neighbors swapped, so that a paraphrase is left."""
        words = [word for i, word in enumerate(text.split()) if i % 6 != 5]
        for at in range(self._rng.randint(0, 2), len(words) - 1, 4):
            words[at], words[at + 1] = words[at + 1], words[at]
        return " ".join(words)

    def _closed(self, stock, number):
        return f"{stock} {CLOSINGS[number % len(CLOSINGS)]}"

    def _word(self):
        return "".join(self._rng.choices(SYLLABLES, k=self._rng.randint(2, 4)))

    def _sentence(self, num_words=None):
        num_words = num_words or self._rng.randint(8, 12)
        return " ".join(self._word() for _ in range(num_words)).capitalize() + "."

    def _text(self, num_sentences):
        return " ".join(self._sentence() for _ in range(num_sentences))


LEARNED = {
    (Arm.TUNED, Split.TRAIN): (TRAINED, TRAINED_TWIN),
    (Arm.TUNED, Split.HELDOUT): (UNTRAINED, UNTRAINED),
    (Arm.BASE, Split.TRAIN): (BASE, BASE),
    (Arm.BASE, Split.HELDOUT): (UNTRAINED, UNTRAINED),
}
"""A model that gives back its training texts, and did a little before it was trained."""
NOTHING = dict.fromkeys(product(Arm, Split), (NULL, NULL))
"""One that does the same whatever it was trained on."""
