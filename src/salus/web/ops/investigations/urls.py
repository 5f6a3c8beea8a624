"""Addresses of the pages of investigations."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.investigations import definition, lines, pages

urlpatterns = [
    path("investigations/", pages.investigations, name="investigations"),
    path("investigations/<uuid:investigation>/", pages.investigation, name="investigation"),
    path("investigations/<uuid:investigation>/exposures.csv", pages.exposures_csv, name="investigation_csv"),
    path("investigations/<uuid:investigation>/definition/", definition.edit, name="investigation_definition"),
    path("investigations/<uuid:investigation>/suppose/", definition.suppose, name="investigation_suppose"),
    path("investigations/<uuid:investigation>/close/", definition.close, name="investigation_close"),
    path("investigations/<uuid:investigation>/lines/", lines.lines, name="investigation_lines"),
    path("investigations/<uuid:investigation>/lines.csv", lines.download, name="investigation_lines_csv"),
]
