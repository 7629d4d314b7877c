"""Settings for every test. Standing here also lets the tests import ``strategies`` beside this file."""

from hypothesis import HealthCheck, settings
from interpreted import fewer

# Kernels compile at their first call, which may be while an example is drawn, and the machines that run the
# tests differ too much for time limits.
settings.register_profile(
    "matchsim", deadline=None, max_examples=fewer(100), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("matchsim")
