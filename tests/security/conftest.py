"""The world of both units, built once for all tests of this package."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.template.base import Template
from pytest_django.plugin import DjangoDbBlocker
from wagtail.admin.menu import admin_menu

from infoflow.desk import context_processors
from infoflow.units.models import User

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


@pytest.fixture(scope="package", autouse=True)
def kept_frames() -> Iterator[None]:
    """Work out each person's menus and post once: every request starts from the same world, and
    half of the cost of a refusal was the frame of its page. Nor is a copy of every template's
    context kept, as Django's tests do: nobody looks at it here."""
    menus: dict[int | None, Any] = {}
    bars: dict[int | None, Any] = {}
    posts: dict[int, str] = {}
    patch = pytest.MonkeyPatch()
    menu_for, post_of = context_processors.menu_for, context_processors.post_of

    def menu_once(request: HttpRequest) -> Any:
        if request.user.pk not in menus:
            menus[request.user.pk] = menu_for(request)
        return menus[request.user.pk]

    bar_for = admin_menu.render_component

    def bar_once(request: HttpRequest) -> Any:
        if request.user.pk not in bars:
            bars[request.user.pk] = bar_for(request)
        return bars[request.user.pk]

    def post_once(user: User) -> str:
        if user.pk not in posts:
            posts[user.pk] = post_of(user)
        return posts[user.pk]

    patch.setattr(context_processors, "menu_for", menu_once)
    patch.setattr(context_processors, "post_of", post_once)
    patch.setattr(admin_menu, "render_component", bar_once)
    patch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    yield
    patch.undo()


@pytest.fixture(scope="package")
def visitors(world: World) -> dict[str, Visitor]:
    """A browser for every role, for nobody and for the superuser."""
    return {name: Visitor(person) for name, person in world.people.items()}


@pytest.fixture(scope="package")
def addresses(world: World) -> list[Address]:
    """Every address with every object that fills it."""
    return [address for route in all_routes() for address in addresses_of(route, world)]
