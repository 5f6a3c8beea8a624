"""What the processes of a stage are told of where they stand."""

from __future__ import annotations

import os

from salus.plan.exercises.stages import Stage

# What belongs to the desk alone: its data, its secrets, its database, its own world.
OF_THE_DESK = (
    "SALUS_CREW SALUS_DATABASE_URL SALUS_DEMO SALUS_LIVE_PORT SALUS_ORIGINS SALUS_PORT SALUS_SECRET_KEY SALUS_STAGE "
    "SALUS_WORLD"
).split()


def environment_of(stage: Stage) -> dict[str, str]:
    """Return the environment of a stage's processes: nothing of the desk's but where the code is."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_DESK}
    return {**kept, "SALUS_DATA_DIR": str(stage.data.resolve()), **settings_of(stage)}


def settings_of(stage: Stage) -> dict[str, str]:
    """Return the settings of an installation that is a stage."""
    from salus.config.processes.stage.setup import CITY_SOURCE
    from salus.gather.sources.registry import manifest

    design = stage.design()
    return {
        "DJANGO_SETTINGS_MODULE": "salus.config.settings",
        "SALUS_STAGE": stage.data.name,
        "SALUS_WORLD": str(stage.run.resolve()),
        "SALUS_CREW": "1" if design.crew else "0",
        "SALUS_TIME_ZONE": manifest(CITY_SOURCE).time_zone,
    }
