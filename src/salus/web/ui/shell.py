"""What the two base templates need from a view: the shell of a page, as typed data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext_lazy as _

from salus.web.ui.components import Level

ClockMode = Literal["live", "exercise", "replay", "demo"]
STEPS = ("gather", "assess", "plan", "decide", "act", "learn")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the rail or of the public navigation."""

    key: str
    label: str
    href: str
    current: bool = False
    count: int | None = None
    act: bool = False

    @property
    def is_step(self) -> bool:
        """Whether the link is one of the six steps of the loop."""
        return self.key in STEPS


def rail(current: str, *, counts: dict[str, int] | None = None, act: Sequence[str] = ()) -> list[NavItem]:
    """The left rail of the operations room; ``current`` is a key, ``act`` the keys that need action now."""
    known = counts or {}
    links = [
        ("now", _("Now"), "/ops/"),
        ("gather", _("Gather"), "/ops/gather/"),
        ("assess", _("Assess"), "/ops/assess/"),
        ("plan", _("Plan"), "/ops/plan/"),
        ("decide", _("Decide"), "/ops/decide/"),
        ("act", _("Act"), "/ops/act/"),
        ("learn", _("Learn"), "/ops/learn/"),
        ("log", _("Log"), "/ops/log/"),
        ("trust", _("Trust"), "/ops/trust/"),
    ]
    return [NavItem(key, str(label), href, key == current, known.get(key), key in act) for key, label, href in links]


@dataclass(frozen=True, slots=True)
class Role:
    """A role that the person holds and may switch to."""

    key: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class OpsShell:
    """Header and rail of the operations room.

    ``now`` is the clock of the city (wall, exercise or replay clock); ``known_at`` the moment shown;
    ``min_at`` and ``max_at`` the ends of the slider. ``topics`` are the live topics of the page.
    """

    city: str
    now: datetime
    known_at: datetime
    min_at: datetime
    max_at: datetime
    nav: Sequence[NavItem]
    incident: str = ""
    level: Level | None = None
    clock_mode: ClockMode = "live"
    speed_label: str = ""
    person: str = ""
    roles: Sequence[Role] = ()
    demo_note: str = ""
    topics: Sequence[str] = ()
    role_url: str = "/ops/role"
    account_url: str = "/ops/trust/me/"
    logout_url: str = "/accounts/logout/"
    search_url: str = "/ops/search"
    changes_url: str = "/ops/changes"
    stream_url: str = "/live/stream"
    past: bool | None = None

    @property
    def is_past(self) -> bool:
        """Whether the page shows an earlier moment than the city's clock."""
        return self.known_at < self.now if self.past is None else self.past

    @property
    def steps(self) -> list[NavItem]:
        """The six steps, in order."""
        return [item for item in self.nav if item.is_step]

    @property
    def before(self) -> list[NavItem]:
        """What stands above the steps: Now."""
        return [item for item in self.nav if item.key == "now"]

    @property
    def after(self) -> list[NavItem]:
        """What stands below the steps: Log, Trust and others."""
        return [item for item in self.nav if not item.is_step and item.key != "now"]

    @property
    def min_epoch(self) -> int:
        """Left end of the slider, in seconds."""
        return int(self.min_at.timestamp())

    @property
    def max_epoch(self) -> int:
        """Right end of the slider, in seconds; never left of its left end."""
        return max(int(self.max_at.timestamp()), self.min_epoch + 60)

    @property
    def known_epoch(self) -> int:
        """Where the slider stands."""
        return min(max(int(self.known_at.timestamp()), self.min_epoch), self.max_epoch)

    @property
    def current_role(self) -> Role | None:
        """The role in which the person acts."""
        return next((role for role in self.roles if role.current), None)


@dataclass(frozen=True, slots=True)
class Language:
    """A language that the page can be read in, named in its own script."""

    code: str
    name: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """The one message that may stand above a public page."""

    title: str
    text: str
    href: str = ""
    link_text: str = ""
    act_now: bool = False


@dataclass(frozen=True, slots=True)
class PublicShell:
    """Masthead and footer of the public site."""

    city: str
    language: str
    nav: Sequence[NavItem]
    languages: Sequence[Language] = ()
    level: Level | None = None
    published_at: datetime | None = None
    next_update: datetime | None = None
    help_phone: str = ""
    help_note: str = ""
    help_href: str = "/help/"
    banner: Banner | None = None
    clock_mode: ClockMode = "live"
    demo_note: str = ""
    footer: Sequence[NavItem] = field(default_factory=tuple)
    home_href: str = "/"

    @property
    def help_tel(self) -> str:
        """The phone number as a ``tel:`` address."""
        return "tel:" + "".join(c for c in self.help_phone if c.isdigit() or c in "+*#")
