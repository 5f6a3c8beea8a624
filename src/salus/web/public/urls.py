"""The addresses of the public pages, the open data and the feeds."""

from __future__ import annotations

from django.urls import path, register_converter

from salus.web.public.languages import LanguageConverter
from salus.web.public.views import advice, areas, data, decisions, files, home, maps, others, services

register_converter(LanguageConverter, "language")

app_name = "public"
urlpatterns = [
    path("", home.door, name="door"),
    path("robots.txt", files.robots, name="robots"),
    path("sitemap.xml", files.sitemap, name="sitemap"),
    path("data/latest.json", files.latest, name="latest"),
    path("data/alerts.atom", files.alerts, name="alerts"),
    path("data/releases/<int:number>.<str:name>", files.release_file, name="file"),
    path("<language:language>/", home.home, name="home"),
    path("<language:language>/area/", areas.areas, name="areas"),
    path("<language:language>/area/<str:code>/", areas.area, name="area"),
    path("<language:language>/map/", maps.level_map, name="map"),
    path("<language:language>/what-to-do/", advice.what_to_do, name="what_to_do"),
    path("<language:language>/where-to-go/", services.where_to_go, name="where_to_go"),
    path("<language:language>/decisions/", decisions.decisions, name="decisions"),
    path("<language:language>/decisions/<int:number>/", decisions.decision, name="decision"),
    path("<language:language>/data/", data.data, name="data"),
    path("<language:language>/releases/<int:number>/", home.release, name="release"),
    path("<language:language>/accessibility/", others.accessibility, name="accessibility"),
    path("<language:language>/<path:rest>", others.missing, name="missing"),
]
