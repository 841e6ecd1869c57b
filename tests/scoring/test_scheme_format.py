"""The document of the scheme format says what the program does: its tables and its examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from wagtail import blocks

from scoring.schemes.actions import publish_scheme
from scoring.schemes.actions_import import import_scheme
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.blocks.common import WhichBlock, WhoseBlock
from scoring.schemes.engine import Conversion, conversion_of, run
from scoring.schemes.exchange import _HEAD as HEAD
from scoring.schemes.exchange import SchemeFileError
from scoring.schemes.models import Scheme
from scoring.schemes.rules import points_text
from scoring.schemes.specs import spec_of
from tests.scoring import scheme_document as document

pytestmark = pytest.mark.screens

BLOCKS = SchemeBlocks().child_blocks
SHARED = {"which": WhichBlock(), "whose": WhoseBlock()}
EXAMPLES = document.examples()
WHOLE = EXAMPLES[0]
WORKED = [example for example in EXAMPLES if "错误" not in example.parts]


def fields(block: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a block with its path; shared selections are told once, elsewhere."""
    for name, child in block.child_blocks.items():
        yield f"{path}{name}", child
        if isinstance(child, blocks.ListBlock):
            yield from fields(child.child_block, f"{path}{name}[].")


def own_default(block: Any) -> str:
    """The default as the document writes it."""
    if isinstance(block, (blocks.StructBlock, blocks.ListBlock)):
        return "必填" if getattr(block.meta, "min_num", 0) else "空"
    default = block.get_default()
    if isinstance(block, blocks.BooleanBlock):
        return f"`{str(bool(default)).lower()}`"
    if not default:
        return "必填" if block.field.required else "空"
    return "、".join(f"`{one}`" for one in (default if isinstance(default, list) else [default]))


def values_of(block: Any) -> list[str]:
    if not isinstance(block, (blocks.ChoiceBlock, blocks.MultipleChoiceBlock)):
        return []
    return [str(value) for value, _label in block.field.choices if value != ""]


@pytest.mark.parametrize("kind", [*BLOCKS, *SHARED])
def test_every_field_is_told_with_its_label_values_and_default(kind: str) -> None:
    told = document.fields_of(document.section_of(kind))
    known = dict(fields((BLOCKS | SHARED)[kind]))
    assert list(told) == list(known)
    shared = document.section_of("values")
    for path, block in known.items():
        label, values, default = told[path]
        assert label == str(block.label), path
        assert default == own_default(block), path
        for value in values_of(block):
            assert f"`{value}`" in values or f"`{value}`" in shared, (path, value)


def test_every_choice_is_told_with_its_label() -> None:
    for kind, block in (BLOCKS | SHARED).items():
        section = document.section_of(kind) + document.section_of("values")
        for path, child in fields(block):
            if values_of(child):
                for value, label in child.field.choices:
                    if value != "":
                        assert f"`{value}` {label}" in section, (kind, path, value)


def test_sections_are_the_blocks_in_the_order_of_the_screen() -> None:
    told = [name for name in document.sections() if name in BLOCKS]
    assert told == list(BLOCKS)


def test_every_group_of_the_screen_is_a_heading() -> None:
    headings = re.findall(r"^### (.+)$", document.text(), re.MULTILINE)
    for group, _members in SchemeBlocks().grouped_child_blocks():
        assert any(str(group) in heading for heading in headings), group


def test_head_of_a_file_is_told() -> None:
    assert list(document.fields_of(document.section_of("head"))) == list(HEAD)


@pytest.mark.parametrize("kind", list(BLOCKS))
def test_every_block_has_a_worked_example(kind: str) -> None:
    mine = [example for example in WORKED if example.section == kind]
    assert mine
    assert all(kind in [clause["type"] for clause in example.data["clauses"]] for example in mine)
    assert any(example.parts.get("得分") for example in mine)


def imported(example: document.Example) -> Scheme:
    """The example with the head of the whole file, where it has none of its own."""
    return import_scheme(data={**WHOLE.data, **example.data}, create_bulletins=True)


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(len(WORKED)))
def test_example_comes_out_as_written(number: int) -> None:
    example = WORKED[number]
    stage = document.Stage()
    scheme = imported(example)
    spec = spec_of(scheme)
    assert all(spec.names.get(clause.block_id) for clause in spec.blocks), "each has a short name"
    facts = [stage.fact(row) for row in example.parts["事项"]]
    drafts = run(spec, facts, stage.world(scheme, example))
    assert list(stage.told(spec, drafts)) == example.parts["得分"]
    conversion = conversion_of(spec)
    if conversion is not None:
        assert converted(stage, conversion, example) == example.parts["折算"]
    publish_scheme(scheme_id=scheme.pk)


def converted(
    stage: document.Stage, conversion: Conversion, example: document.Example
) -> list[list[str]]:
    totals = {
        stage.ids[row[0].removesuffix("合计")]: round(float(row[1]) * 100)
        for row in example.parts["得分"]
        if len(row) == 2
    }
    found = conversion.converted(totals, {}, {})
    return [[stage.name(pk), points_text(hundredths)] for pk, hundredths in found.items()]


@pytest.mark.django_db
def test_wrong_file_is_refused_as_written() -> None:
    (example,) = (example for example in EXAMPLES if "错误" in example.parts)
    document.Stage()
    with pytest.raises(SchemeFileError) as refusal:
        imported(example)
    assert [list(fault) for fault in refusal.value.faults] == example.parts["错误"]
