"""Audit a run, a checkpoint or texts of any origin: python evaluate.py --help."""

from permille.run.starting import start

if __name__ == "__main__":
    start("evaluate")
