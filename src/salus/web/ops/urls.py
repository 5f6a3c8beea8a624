"""The pages of the operations room, by what people do there."""

from __future__ import annotations

from salus.web.ops.data.urls import urlpatterns as data_patterns
from salus.web.ops.exercises.urls import urlpatterns as exercise_patterns
from salus.web.ops.investigations.urls import urlpatterns as investigation_patterns
from salus.web.ops.overview.urls import urlpatterns as overview_patterns
from salus.web.ops.services.urls import urlpatterns as service_patterns
from salus.web.ops.work.urls import urlpatterns as work_patterns

app_name = "ops"
urlpatterns = [
    *overview_patterns,
    *work_patterns,
    *service_patterns,
    *data_patterns,
    *exercise_patterns,
    *investigation_patterns,
]
