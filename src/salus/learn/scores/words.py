"""What a score sheet calls its rows, in the languages of the product."""

from __future__ import annotations

from collections.abc import Mapping

from salus.base.texts import LocalText

OUTCOMES: Mapping[str, tuple[str, LocalText]] = {
    "infections": ("people", {"en": "People infected", "fr": "Personnes infectées", "ar": "المصابون"}),
    "deaths": ("people", {"en": "Deaths", "fr": "Décès", "ar": "الوفيات"}),
    "admissions": ("people", {"en": "Admitted to hospital", "fr": "Hospitalisations", "ar": "من أُدخلوا المستشفى"}),
    "days_above_capacity": (
        "days",
        {
            "en": "Days on which hospitals were over capacity",
            "fr": "Jours où les hôpitaux dépassaient leur capacité",
            "ar": "أيام تجاوزت فيها المستشفيات طاقتها",
        },
    ),
    "bed_days_above_capacity": (
        "bed_days",
        {
            "en": "Days in bed beyond capacity",
            "fr": "Journées de lit au-delà de la capacité",
            "ar": "أيام الرقود فوق الطاقة",
        },
    ),
    "work_days_lost": ("days", {"en": "Work days lost", "fr": "Journées de travail perdues", "ar": "أيام عمل ضائعة"}),
    "economic_loss": ("money", {"en": "Economic loss", "fr": "Perte économique", "ar": "الخسارة الاقتصادية"}),
    "gap_infections": (
        "ratio",
        {
            "en": "Infections: deprived beside well-off",
            "fr": "Infections : défavorisés par rapport aux aisés",
            "ar": "الإصابات: المحرومون مقابل الميسورين",
        },
    ),
    "gap_deaths": (
        "ratio",
        {
            "en": "Deaths: deprived beside well-off",
            "fr": "Décès : défavorisés par rapport aux aisés",
            "ar": "الوفيات: المحرومون مقابل الميسورين",
        },
    ),
}
CURVES: Mapping[str, LocalText] = {
    "infections": {"en": "Infections a day", "fr": "Infections par jour", "ar": "إصابات في اليوم"},
    "beds": {"en": "Beds taken on the wards", "fr": "Lits occupés dans les services", "ar": "أسرّة مشغولة في الأقسام"},
    "icu": {"en": "Beds taken in intensive care", "fr": "Lits occupés en réanimation", "ar": "أسرّة العناية المشغولة"},
    "deaths": {"en": "Deaths a day", "fr": "Décès par jour", "ar": "وفيات في اليوم"},
    "admissions": {"en": "Admissions a day", "fr": "Hospitalisations par jour", "ar": "دخول المستشفى في اليوم"},
    "cost": {"en": "Economic loss a day", "fr": "Perte économique par jour", "ar": "الخسارة الاقتصادية في اليوم"},
}
TIMES: Mapping[str, LocalText] = {
    "detection": {
        "en": "First signal known",
        "fr": "Premier signal connu",
        "ar": "أول إشارة معروفة",
    },
    "decision": {"en": "First decision approved", "fr": "Première décision approuvée", "ar": "أول قرار معتمد"},
    "in_force": {"en": "First measure in force", "fr": "Première mesure en vigueur", "ar": "أول تدبير سارٍ"},
    "effect": {
        "en": "A tenth fewer infected in a week than without measures",
        "fr": "Un dixième d’infectés de moins en une semaine que sans mesures",
        "ar": "مصابون أقل بالعُشر خلال أسبوع مما لو لم تُتخذ تدابير",
    },
}
COUNTS: Mapping[str, LocalText] = {
    "signals": {"en": "Signals raised", "fr": "Signaux émis", "ar": "إشارات صدرت"},
    "false_signals": {"en": "Signals that were false", "fr": "Signaux infondés", "ar": "إشارات خاطئة"},
    "alerts": {"en": "Alerts sent", "fr": "Alertes envoyées", "ar": "تنبيهات أُرسلت"},
    "false_alerts": {"en": "Alerts that were false", "fr": "Alertes infondées", "ar": "تنبيهات خاطئة"},
    "decisions": {"en": "Decisions approved", "fr": "Décisions approuvées", "ar": "قرارات معتمدة"},
    "tasks": {"en": "Tasks", "fr": "Tâches", "ar": "المهام"},
    "tasks_overdue": {"en": "Tasks late or overdue", "fr": "Tâches en retard", "ar": "مهام متأخرة"},
}
NOT_YET: LocalText = {"en": "It has not come about.", "fr": "Cela n’est pas arrivé.", "ar": "لم يحدث ذلك."}
NO_INFECTION: LocalText = {
    "en": "Nobody has been struck yet.",
    "fr": "Personne n’a encore été touché.",
    "ar": "لم يُصب أحد بعد.",
}
NEEDS_INSTALLATION: LocalText = {
    "en": "Only an installation that plays the run can tell.",
    "fr": "Seule une installation qui joue l’exercice peut le dire.",
    "ar": "لا يعرف ذلك إلا تثبيت يلعب التمرين.",
}
NOTES: tuple[LocalText, ...] = (
    {
        "en": "All three courses have the same city, the same emergency and the same chance; only the measures differ.",
        "fr": "Les trois évolutions ont la même ville, la même urgence et le même hasard ; seules les mesures diffèrent.",
        "ar": "للمسارات الثلاثة المدينة نفسها والطارئ نفسه والصدفة نفسها؛ ولا تختلف إلا التدابير.",
    },
    {
        "en": "The reference policy knows only reported cases and occupied beds. It is one sound policy, not the best.",
        "fr": "La politique de référence ne connaît que les cas déclarés et les lits occupés. Elle est raisonnable, pas "
        "optimale.",
        "ar": "لا تعرف السياسة المرجعية إلا الحالات المبلّغ عنها والأسرّة المشغولة. هي سياسة سليمة وليست الفضلى.",
    },
    {
        "en": "Loss of life is not turned into money: deaths stand beside the economic loss, not in it.",
        "fr": "La perte de vies n’est pas convertie en argent : les décès figurent à côté de la perte économique.",
        "ar": "لا تُحوَّل خسارة الأرواح إلى مال: الوفيات تُذكر بجانب الخسارة الاقتصادية لا ضمنها.",
    },
    {
        "en": "A signal or alert is false where nobody in its area was infected or admitted in the four weeks before.",
        "fr": "Un signal ou une alerte est infondé si personne dans sa zone n’a été infecté ou hospitalisé pendant les "
        "quatre semaines précédentes.",
        "ar": "تكون الإشارة أو التنبيه خطأً إذا لم يُصب أحد في منطقتها أو يُدخل المستشفى خلال الأسابيع الأربعة السابقة.",
    },
)
OTHER_SPAN: LocalText = {
    "en": "The ranges are of {days} days; from the end of the run on, its last measures stay.",
    "fr": "Les intervalles portent sur {days} jours ; après la fin de l’exercice, ses dernières mesures restent.",
    "ar": "تشمل النطاقات {days} يوماً؛ وبعد نهاية التمرين تبقى تدابيره الأخيرة.",
}
ASSUMED: LocalText = {
    "en": "Costs rest partly on assumptions, which the cost model names one by one.",
    "fr": "Les coûts reposent en partie sur des hypothèses, que le modèle de coûts nomme une à une.",
    "ar": "تقوم التكاليف جزئياً على افتراضات يسمّيها نموذج التكاليف واحداً واحداً.",
}
