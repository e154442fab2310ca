"""The LightningModule around an encoder-decoder, its tokenizer, prompts and decoding."""
