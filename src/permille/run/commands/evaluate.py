"""The same as evaluate.py at the top."""

from permille.run.entry import evaluate

if __name__ == "__main__":
    evaluate()
