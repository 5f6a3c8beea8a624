"""The names of Port Alma's districts and zones in the three languages of its people."""

from __future__ import annotations

from dataclasses import dataclass

from salus.base.texts import LocalText


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """A district: where about it lies (km east and north), how densely it is lived in, its zones' names."""

    code: str
    name: LocalText
    anchor: tuple[float, float]
    bank: str  # of the river: west or east
    density: float
    old: float  # how much older than the city its people are
    zones: tuple[LocalText, ...]


def _t(en: str, fr: str, ar: str) -> LocalText:
    return {"en": en, "fr": fr, "ar": ar}


CITY_NAME = _t("Port Alma", "Port-Alma", "بورت ألما")

DISTRICTS: tuple[DistrictPlan, ...] = (
    DistrictPlan(
        "HAR",
        _t("Harbour", "Le Port", "الميناء"),
        (7.0, 3.6),
        "west",
        1.5,
        -0.1,
        (
            _t("Lighthouse Point", "Pointe du Phare", "رأس المنارة"),
            _t("Fish Market", "Marché aux Poissons", "سوق السمك"),
            _t("North Quay", "Quai Nord", "الرصيف الشمالي"),
            _t("Ferry Landing", "L’Embarcadère", "مرسى العبّارات"),
            _t("Customs House", "La Douane", "دار الجمارك"),
            _t("Ropewalk", "La Corderie", "حي الحبّالين"),
            _t("Breakwater", "La Jetée", "كاسر الأمواج"),
        ),
    ),
    DistrictPlan(
        "OLD",
        _t("Old Town", "Vieille-Ville", "المدينة القديمة"),
        (6.8, 6.6),
        "west",
        2.4,
        0.1,
        (
            _t("Cathedral Hill", "Butte de la Cathédrale", "تلة الكاتدرائية"),
            _t("Great Mosque", "Grande Mosquée", "الجامع الكبير"),
            _t("Spice Lanes", "Ruelles aux Épices", "سوق العطّارين"),
            _t("Saint-Roch", "Saint-Roch", "سان روك"),
            _t("Sea Gate", "Porte de la Mer", "باب البحر"),
            _t("Coppersmiths", "Rue des Dinandiers", "سوق النحّاسين"),
            _t("Fountain Square", "Place de la Fontaine", "ساحة النافورة"),
        ),
    ),
    DistrictPlan(
        "GAR",
        _t("Gardens", "Les Jardins", "الحدائق"),
        (2.6, 6.4),
        "west",
        0.8,
        0.25,
        (
            _t("Orange Grove", "L’Orangeraie", "بستان البرتقال"),
            _t("Stadium", "Le Stade", "حي الملعب"),
            _t("Palm Walk", "Allée des Palmiers", "ممشى النخيل"),
            _t("West Beach", "Plage de l’Ouest", "الشاطئ الغربي"),
            _t("Vineyards", "Les Vignes", "الكروم"),
            _t("Rose Terrace", "Terrasse des Roses", "شرفة الورد"),
            _t("Dunes", "Les Dunes", "الكثبان"),
        ),
    ),
    DistrictPlan(
        "HIL",
        _t("Hills", "Les Collines", "التلال"),
        (4.6, 10.2),
        "west",
        0.6,
        0.3,
        (
            _t("Observatory", "L’Observatoire", "المرصد"),
            _t("Cedar Heights", "Hauts des Cèdres", "مرتفعات الأرز"),
            _t("Quarry", "La Carrière", "المحجر"),
            _t("Wind Terrace", "Terrasse du Vent", "شرفة الريح"),
            _t("Reservoir", "Le Réservoir", "الخزّان"),
            _t("Almond Slopes", "Coteaux des Amandiers", "سفوح اللوز"),
        ),
    ),
    DistrictPlan(
        "RIV",
        _t("Riverside", "Les Berges", "ضفاف النهر"),
        (11.4, 8.4),
        "east",
        1.4,
        -0.25,
        (
            _t("Mill Bridge", "Pont du Moulin", "جسر الطاحونة"),
            _t("Willow Bank", "Rive des Saules", "ضفة الصفصاف"),
            _t("Tanneries", "Les Tanneries", "المدابغ"),
            _t("University", "L’Université", "حي الجامعة"),
            _t("Station Quarter", "Quartier de la Gare", "حي المحطة"),
            _t("Weavers’ Row", "Rue des Tisserands", "حي النسّاجين"),
            _t("Botanic Garden", "Jardin botanique", "الحديقة النباتية"),
        ),
    ),
    DistrictPlan(
        "SAL",
        _t("Saltworks", "Les Salines", "الملّاحات"),
        (13.2, 4.4),
        "east",
        1.0,
        -0.15,
        (
            _t("Salt Pans", "Marais Salants", "أحواض الملح"),
            _t("Shipyard", "Le Chantier naval", "حوض السفن"),
            _t("East Docks", "Docks de l’Est", "الأرصفة الشرقية"),
            _t("Foundry", "La Fonderie", "المسبك"),
            _t("Gull Island Road", "Route de l’Île aux Mouettes", "طريق جزيرة النوارس"),
            _t("Cannery", "La Conserverie", "حي المعلّبات"),
        ),
    ),
)


def zone_code(district: DistrictPlan, place: int) -> str:
    """Return the code of a district's zone, counted from nought."""
    return f"{district.code}-{place + 1}"
