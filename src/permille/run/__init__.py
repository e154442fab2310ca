"""The jobs: train, evaluate, sweep; the only place that names concrete classes."""
