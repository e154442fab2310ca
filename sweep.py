"""Run the cells of a named grid and compare them: python sweep.py --help."""

from permille.run.starting import sweep

if __name__ == "__main__":
    sweep()
