"""Properties have no deadline: a machine that others use is slow now and then."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
