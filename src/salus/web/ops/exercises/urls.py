"""The director's pages: exercises, their runs, scores, and training records."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.exercises import designs, desk, scores, steering, training

urlpatterns = [
    path("exercises/", designs.exercises, name="exercises"),
    path("exercises/new/", designs.new, name="exercise_new"),
    path("exercises/runs/<uuid:run>/", desk.run, name="run"),
    path("exercises/runs/<uuid:run>/live/", desk.live, name="run_live"),
    path("exercises/runs/<uuid:run>/passwords/", steering.handover, name="run_handover"),
    path("exercises/runs/<uuid:run>/attest/", training.attest_run, name="run_attest"),
    path("exercises/runs/<uuid:run>/<slug:step>/", steering.step, name="run_step"),
    path("exercises/<uuid:run>/score/", scores.score, name="score"),
    path("exercises/<uuid:run>/score/curves.csv", scores.score_csv, name="score_csv"),
    path("exercises/<uuid:run>/score/sheet.pdf", scores.score_pdf, name="score_pdf"),
    path("exercises/<uuid:run>/score/<slug:step>/", scores.step, name="score_step"),
    path("exercises/<uuid:exercise>/", designs.exercise, name="exercise"),
    path("exercises/<uuid:exercise>/edit/", designs.edit, name="exercise_edit"),
    path("exercises/<uuid:exercise>/<slug:step>/", designs.step, name="exercise_step"),
    path("learn/training/", training.training, name="training"),
    path("learn/training/new/", training.attest, name="training_new"),
    path("learn/training/<uuid:record>/", training.record, name="training_record"),
    path("learn/training/<uuid:record>/<slug:step>/", training.step, name="training_step"),
]
