"""Addresses of the pages about lines and sites."""

from __future__ import annotations

from django.urls import path

from salus.web.ops.services import listing, ordering, record

urlpatterns = [
    path("lines-and-sites/", listing.services, name="services"),
    path("lines-and-sites/close/", ordering.close, name="service_close"),
    path("lines-and-sites/open/", ordering.open_site, name="service_open"),
    path("lines-and-sites/<uuid:change>/", record.service_change, name="service_change"),
    path("lines-and-sites/<uuid:change>/<slug:step>/", record.step, name="service_change_step"),
]
