"""The exercise of a demonstration: a city made from a seed, and a world that began some weeks ago."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from salus.config.commands.exercise import plain_words
from salus.config.commands.setup import progress_bar
from salus.config.processes.stage import setup
from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, When
from salus.plan.exercises.stages import Stage

# By then the first cases have begun to spread, and nobody has noticed yet.
LEAD_DAYS = 45
EMERGENCY = "respiratory"
DAYS = 365
TITLE = {
    "en": "A new virus in Port Alma (demonstration)",
    "fr": "Un nouveau virus à Port Alma (démonstration)",
    "ar": "فيروس جديد في بورت ألما (عرض توضيحي)",
}
OBJECTIVES = (
    {
        "en": "See the first signal, decide in time, and bend the curve.",
        "fr": "Voir le premier signal, décider à temps et infléchir la courbe.",
        "ar": "رصد أول إشارة واتخاذ القرار في الوقت المناسب وخفض المنحنى.",
    },
)
INJECTS = (
    InjectDraft(
        key="press",
        title={"en": "The press calls", "fr": "La presse appelle", "ar": "اتصال من الصحافة"},
        kind="press_calls",
        when=When(trigger="signal", delay_days=2),
        days=1,
        words={
            "en": "A radio station asks: is something spreading in the city, and what is the city doing about it?",
            "fr": "Une radio demande : quelque chose se propage-t-il en ville, et que fait la ville ?",
            "ar": "تسأل محطة إذاعية: هل ينتشر شيء في المدينة، وماذا تفعل المدينة حيال ذلك؟",
        },
    ),
    InjectDraft(
        key="rumour",
        title={"en": "A rumour about masks", "fr": "Une rumeur sur les masques", "ar": "شائعة حول الكمامات"},
        kind="rumour",
        when=When(trigger="measure", value="masks-required", delay_days=7),
        days=10,
        size=0.2,
        words={
            "en": "People say that masks make you ill.",
            "fr": "On dit que les masques rendent malade.",
            "ar": "يقول الناس إن الكمامات تسبب المرض.",
        },
    ),
)


def environment(data: Path) -> dict[str, str]:
    """Return the setting that tells the processes where the world is."""
    return {"SALUS_WORLD": str(Stage(data).run.resolve())}


def lead_days(emergency: str) -> int:
    """Return how many days pass before anybody looks: the emergency is there, or is about to begin."""
    from salus.world.emergency import CommonSource, Heat, Unknown, read_emergency

    with plain_words():
        described = read_emergency(emergency)
    source = described.source if isinstance(described, Unknown) else described
    if isinstance(source, CommonSource):
        return max(source.contamination.begins_on_day - 1, 1)
    if isinstance(described, Unknown):
        return max(described.stages[min(1, len(described.stages) - 1)].from_day - 5, 1)
    return max(described.begins_on_day - 3, 1) if isinstance(described, Heat) else LEAD_DAYS


def title_of(emergency: str) -> dict[str, str]:
    """Return the title of a demonstration of another emergency than the usual one."""
    from salus.world.emergency import read_emergency

    words = {"en": "Port Alma (demonstration)", "fr": "Port Alma (démonstration)", "ar": "بورت ألما (عرض توضيحي)"}
    return {language: f"{text}: {words[language]}" for language, text in read_emergency(emergency).title.items()}


def design(start: date, options: argparse.Namespace) -> ExerciseDraft:
    """Return the exercise that a demonstration plays."""
    from salus.world.emergency import names

    return ExerciseDraft(
        title=TITLE if options.emergency == EMERGENCY else title_of(options.emergency),
        objectives=OBJECTIVES,
        people=options.people,
        city_seed=options.seed,
        emergency=options.emergency,
        also=tuple(name for name in options.also if name in names()),
        seed=options.seed,
        start_on=start,
        lead_in_days=lead_days(options.emergency),
        speed=options.speed,
        days=DAYS,
        crew=not options.no_crew,
        injects=INJECTS if options.emergency == EMERGENCY else INJECTS[:1],
    )


def make(data: Path, start: date, options: argparse.Namespace) -> Path:
    """Make the city and begin the world; return the city's folder."""
    stage, draft = Stage(data), design(start, options)
    setup.make_world(stage, draft, progress_bar, tuple(options.also))
    setup.write_plan(stage, draft)
    return stage.city


def lead_in(data: Path) -> None:
    """Let the days before the demonstration happen, and bring in what was said of them."""
    stage = Stage(data)
    setup.lead_in(stage, stage.design().lead_in_days, progress_bar)


def stand(data: Path) -> None:
    """Write the exercise and its run into the installation that is both its desk and its stage."""
    from salus.config.processes.stage import evenings
    from salus.plan.exercises.services import exercise_design, run_adopt
    from salus.trust.selectors import system_viewer

    by = system_viewer("demo")
    stage = Stage(data)
    run_adopt(exercise=exercise_design(draft=stage.design(), by=by).id, by=by)
    evenings.keep(stage, stage.design().lead_in_days)


def go_on(data: Path, speed: str) -> bool:
    """Take the speed over that this start asks for; return whether the director has paused the exercise."""
    from salus.plan.exercises.schemas import HERE
    from salus.plan.exercises.selectors import run_list
    from salus.plan.exercises.services import run_speed
    from salus.trust.selectors import system_viewer

    by = system_viewer("demo")
    run = next((row for row in run_list(viewer=by, open_only=True) if row.folder == HERE), None)
    if run is None:
        return False
    if run.speed != speed:
        run_speed(run=run.id, speed=speed, by=by)
    return run.paused
