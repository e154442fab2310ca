"""A tokenizer of letters for tests that need no words."""

END = 1


class Letters:
    """A tokenizer of letters, with T5's end mark behind them."""

    def __call__(
        self,
        text: str | None = None,
        *,
        text_target: str | None = None,
        truncation: bool,
        max_length: int | None,
    ) -> dict[str, list[int]]:
        ids = [2 + ord(letter) % 40 for letter in text or text_target or ""]
        room = max_length - 1 if truncation and max_length is not None else len(ids)
        return {"input_ids": [*ids[:room], END]}
