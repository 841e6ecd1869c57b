"""The world of both units, built once for all tests of this package."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import auth
from django.contrib.auth import middleware as auth_middleware
from django.db import transaction
from django.http import HttpRequest
from django.template.base import Template
from django.template.context import Context
from django.template.library import InclusionNode, SimpleNode
from pytest_django.plugin import DjangoDbBlocker
from wagtail.admin.menu import admin_menu

from infoflow.desk import context_processors
from infoflow.units.models import User
from infoflow.units.permissions import roles_of, unit_ids_of

from . import world as worlds
from .answers import Visitor
from .routes import Address, addresses_of, all_routes
from .world import World


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Units A and B with everything in them; taken back after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="package", autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are the purpose here; each one logged costs more than the request."""
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(level)


# Tags of Wagtail's frame that answer alike on every page of a person.
FRAME_TAGS = frozenset({"sidebar_props", "keyboard_shortcuts_dialog"})


class Frames:
    """Each person, with their menus and post, worked out once."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Any, ...], Any] = {}

    def once(self, name: str, call: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a function that asks `call` once for each person."""

        def kept(asked: HttpRequest | User) -> Any:
            key = name, (asked if isinstance(asked, User) else asked.user).pk
            if key not in self.kept:
                self.kept[key] = call(asked)
            return self.kept[key]

        return kept

    def tag(self, render: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
        """Return a tag's `render` that asks once for each person what stands in FRAME_TAGS."""

        def kept(node: Any, context: Context) -> str:
            if node.func.__name__ not in FRAME_TAGS:
                return render(node, context)
            key = node.func.__name__, context["request"].user.pk
            if key not in self.kept:
                self.kept[key] = render(node, context)
            found: str = self.kept[key]
            return found

        return kept

    def user(self, call: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a function that looks once who a session belongs to, and what they may do.

        Every request has a copy of its own.
        """

        def kept(request: HttpRequest) -> Any:
            key = "session", request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            if key not in self.kept:
                self.kept[key] = user = call(request)
                if isinstance(user, User):
                    unit_ids_of(user)
                    roles_of(user)
                    user.get_all_permissions()
            return copy.copy(self.kept[key])

        return kept


@pytest.fixture(scope="package")
def frames(world: World) -> Frames:
    """Menus and posts of this world's people."""
    return Frames()


# The pages that refuse, and what is left of them: all that a view can hand them, no frame.
REFUSALS = frozenset({"403.html", "404.html", "desk/csrf.html"})
SHORT = "{{ exception }} {{ request_path }}{% for message in messages %} {{ message }}{% endfor %}"


@pytest.fixture
def whole_refusals() -> None:
    """Asked for by a test that looks at the pages that refuse, as people meet them."""


@pytest.fixture(autouse=True)
def kept_frames(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work out once who a person is, and their menus and post: every request starts from the same
    world, and half of the cost of a refusal was the frame of its page. A refusal is a short one,
    unless the test asks for `whole_refusals`. Nor is a copy of every template's context kept, as
    Django's tests do: nobody looks at it here. Tests with people of their own, whose rights
    change on the way, see the real ones."""
    if "world" not in request.fixturenames:
        return
    frames: Frames = request.getfixturevalue("frames")
    for owner, name in (
        (context_processors, "menu_for"),
        (context_processors, "post_of"),
        (admin_menu, "render_component"),
    ):
        monkeypatch.setattr(owner, name, frames.once(name, getattr(owner, name)))
    monkeypatch.setattr(auth, "get_user", frames.user(auth.get_user))
    # Without the lazy wrapping, what was worked out for the person is found in every request.
    monkeypatch.setattr(auth_middleware, "SimpleLazyObject", lambda call: call())
    for node in (SimpleNode, InclusionNode):
        monkeypatch.setattr(node, "render", frames.tag(node.render))
    short = frozenset() if "whole_refusals" in request.fixturenames else REFUSALS
    refusal = Template(SHORT)

    def render(template: Template, context: Context) -> str:
        shown = refusal if template.name in short else template
        return shown.nodelist.render(context)

    monkeypatch.setattr(Template, "_render", render)


@pytest.fixture(scope="package")
def visitors(world: World) -> dict[str, Visitor]:
    """A browser for every role, for nobody and for the superuser."""
    return {name: Visitor(person) for name, person in world.people.items()}


@pytest.fixture(scope="package")
def addresses(world: World) -> list[Address]:
    """Every address with every object that fills it."""
    return [address for route in all_routes() for address in addresses_of(route, world)]
