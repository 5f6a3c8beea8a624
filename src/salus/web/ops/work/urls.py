"""Addresses of the pages on which work is done."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.work import (
    assessments,
    decision_steps,
    decisions,
    intervals,
    outcomes,
    proposals,
    releases,
    rules,
    signals,
    steps,
    tasks,
)

urlpatterns = [
    path("assess/", steps.assess, name="assess"),
    path("plan/", steps.plan, name="plan"),
    path("decide/", steps.decide, name="decide"),
    path("act/", steps.act, name="act"),
    path("learn/", steps.learn, name="learn"),
    path("assessments/<uuid:assessment>/", assessments.assessment, name="assessment"),
    path("assess/run/", steps.assess_now, name="assess_now"),
    path("rules/", rules.rules, name="rules"),
    path("interval/", intervals.interval, name="interval"),
    path("interval/set/", intervals.interval_set, name="interval_set"),
    path("interval/pairs/", intervals.interval_pairs, name="interval_pairs"),
    path("rules/try/", rules.rules_try, name="rules_try"),
    path("rules/save/", rules.rules_save, name="rules_save"),
    path("signals/", signals.signals, name="signals"),
    path("signals/<uuid:signal>/", signals.signal, name="signal"),
    path("signals/<uuid:signal>/<slug:verdict>/", signals.triage, name="signal_triage"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:proposal>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:proposal>/drop/", proposals.drop, name="proposal_drop"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/new/", decision_steps.new, name="decision_new"),
    path("decisions/<uuid:decision>/", decisions.decision, name="decision"),
    path("decisions/<uuid:decision>/edit/", decision_steps.edit, name="decision_edit"),
    path("decisions/<uuid:decision>/<slug:step>/", decision_steps.step, name="decision_step"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task>/", tasks.task, name="task"),
    path("tasks/<uuid:task>/<slug:step>/", tasks.step, name="task_step"),
    path("outcomes/", outcomes.outcomes, name="outcomes"),
    path("outcomes/<uuid:outcome>/", outcomes.outcome, name="outcome"),
    path("outcomes/<uuid:outcome>/<slug:step>/", outcomes.step, name="outcome_step"),
    path("releases/", releases.releases, name="releases"),
    path("releases/publish/", releases.publish, name="release_publish"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("alerts/<uuid:alert>/", releases.alert, name="alert"),
    path("alerts/<uuid:alert>/<slug:step>/", releases.alert_step, name="alert_step"),
]
