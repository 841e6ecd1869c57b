"""Files at the desk: attachments of an item, and a Word file that becomes one."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cms.attachments import actions as files
from cms.review.actions import Refused
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role
from infoflow.uploads.kinds import MIME_OF_KIND, Kind
from infoflow.uploads.rules import BadFile

from . import attach, importing, queries
from .forms_files import AttachForm, ImportForm
from .models import ItemPage
from .views_shared import item_of


def _own_item(request: HttpRequest, pk: int) -> ItemPage:
    """Return an item whose files this person may change when it is a draft."""
    item = item_of(request, pk)
    if item.unit_id not in unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    return item


@login_required
def item_attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of a draft: add, take off."""
    item = _own_item(request, pk)
    form = AttachForm(None, request.FILES if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        form = AttachForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                added = attach.add(
                    item_id=pk, person=person_of(request), uploads=form.cleaned_data["upload"]
                )
            except BadFile as bad:
                form.add_error("upload", bad.message)
            except Refused as refused:
                form.add_error("upload", refused.message)
                status = 409
            else:
                _tell(request, added, len(form.cleaned_data["upload"]))
                return redirect("item_attachments", pk)
        item = item_of(request, pk)
    context = {
        "item": item,
        "form": form,
        "editable": queries.standing(item).editable,
        "unread": _unread(item),
    }
    return render(request, "items/attachments.html", context, status=status)


def _tell(request: HttpRequest, added: list[str], sent: int) -> None:
    if added:
        messages.success(request, _("已添加附件：%(names)s") % {"names": "、".join(added)})
    if len(added) < sent:
        messages.info(request, _("内容相同的文件已经在附件里，没有重复添加。"))


def _unread(item: ItemPage) -> set[int]:
    """Return ids of files in which the scanner found no words."""
    from cms.attachments.models import Attachment

    ids = [entry["id"] for entry in item.attachments]
    found = Attachment.objects.filter(pk__in=ids, has_text=False)
    return set(found.values_list("pk", flat=True))


@login_required
def item_attachment_remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Take a file off a draft."""
    _own_item(request, pk)
    if request.method != "POST":
        return redirect("item_attachments", pk)
    name = attach.remove(item_id=pk, person=person_of(request), attachment_id=file)
    if name:
        messages.success(request, _("已删去附件：%(name)s") % {"name": name})
    return redirect("item_attachments", pk)


@login_required
@require_GET
def item_attachment(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Give out a file of an item, as a download and nothing else."""
    item = item_of(request, pk)
    found = attach.attachment_for(item, file, person_of(request))
    if found is None:
        raise Http404
    try:
        data = files.read(found)
    except files.Changed:
        raise Refused(
            _("这个附件与上传时的内容不一致或已被清理，暂停下载，请告知信息科系统管理员核查。")
        ) from None
    response = HttpResponse(data, content_type=MIME_OF_KIND[Kind(found.kind)])
    # Names of all scripts (RFC 5987); old browsers take the plain one.
    response["Content-Disposition"] = (
        f"attachment; filename=\"{found.pk}.{found.kind}\"; filename*=UTF-8''{quote(found.name)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@login_required
def item_import(request: HttpRequest) -> HttpResponse:
    """Make a draft of a Word file and go on to the page where it is finished and submitted."""
    person = person_of(request)
    if not unit_ids_of(person, Role.OFFICER):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "items/import.html", {"form": ImportForm(person=person)})
    form = ImportForm(request.POST, request.FILES, person=person)
    if not form.is_valid():
        return render(request, "items/import.html", {"form": form})
    ((name, data),) = form.cleaned_data["upload"][:1]
    try:
        made = importing.import_word(
            unit=form.chosen_unit,
            person=person,
            name=name,
            data=data,
            form_key=form.cleaned_data["form_key"],
        )
    except BadFile as bad:
        form.add_error("upload", bad.message)
        return render(request, "items/import.html", {"form": form})
    if made.notes is not None:
        messages.success(request, _("已从 Word 文件生成草稿，请核对后提交。"))
        for note in made.notes:
            messages.warning(request, note)
    return redirect("item_edit", made.item.pk)
