"""Fine-tune a model and say what it gives back of its training data: python train.py --help."""

from permille.run.starting import train

if __name__ == "__main__":
    train()
