"""Audit a run, a checkpoint or texts of any origin: python evaluate.py --help."""

from permille.run.starting import evaluate

if __name__ == "__main__":
    evaluate()
