"""Hypothesis profiles for the whole suite, and surroundings that are the same for everybody.

Choose a Hypothesis profile with HYPOTHESIS_PROFILE: quick (default), ci, deep.

`ci` draws the same examples on every run, so that a red build can be repeated; `deep` is for an afternoon by hand.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Timings on a shared machine prove nothing, so no deadline; pytest-timeout bounds each test as a whole.
settings.register_profile("quick", max_examples=60, deadline=None)
settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Programs that tests start shall not know whom the developer's own profile connects to, nor remember anything.
os.environ["BROKER_CONFIG"] = "/dev/null"
os.environ["BROKER_STATE"] = "off"
