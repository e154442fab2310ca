"""The same as train.py at the top."""

from permille.run.entry import train

if __name__ == "__main__":
    train()
