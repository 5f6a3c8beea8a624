"""Addresses of the pages about data, people and the machinery."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.data import catalogue, imports, jobs, parked, parked_case, people, roles, sources, trust

urlpatterns = [
    path("gather/", sources.gather, name="gather"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("sources/<slug:slug>/state/", sources.source_state, name="source_state"),
    path("catalogue/", catalogue.catalogue_page, name="catalogue"),
    path("catalogue.csv", catalogue.catalogue_csv, name="catalogue_csv"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:import_id>/", imports.import_page, name="import"),
    path("imports/<uuid:import_id>/<slug:step>/", imports.import_step, name="import_step"),
    path("parked/", parked.parked, name="parked"),
    path("parked/<uuid:row>/fix/", parked.fix, name="parked_fix"),
    path("parked/<uuid:row>/line/", parked_case.look, name="parked_case"),
    path("parked/<uuid:row>/line/fix/", parked_case.fix, name="parked_case_fix"),
    path("parked/<uuid:row>/dismiss/", parked.dismiss, name="parked_dismiss"),
    path("trust/", trust.trust, name="trust"),
    path("trust/me/", trust.account, name="account"),
    path("audit/", trust.audit, name="audit"),
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<uuid:person>/", people.person, name="person"),
    path("people/<uuid:person>/roles/", people.role_give, name="role_give"),
    path("people/<uuid:person>/close/", people.person_close, name="person_close"),
    path("assignments/<uuid:assignment>/withdraw/", people.role_take, name="role_take"),
    path("roles/", roles.roles, name="roles"),
    path("deliveries/", jobs.deliveries, name="deliveries"),
    path("deliveries/<uuid:delivery>/<slug:step>/", jobs.delivery_step, name="delivery_step"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job>/", jobs.job, name="job"),
    path("jobs/<uuid:job>/cancel/", jobs.job_stop, name="job_cancel"),
]
