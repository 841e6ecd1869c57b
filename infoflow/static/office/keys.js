/* Keyboard of the queue and of the page where a step is decided. Everything it does can also
   be done without it. */
(function () {
  "use strict";
  var root = document.querySelector("[data-if-keys]");
  if (!root) { return; }
  var kind = root.getAttribute("data-if-keys");
  var dialog = root.querySelector("dialog.if-keys");
  var all = function (selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); };
  var one = function (selector) { return root.querySelector(selector); };

  function typing(target) {
    return target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT" ||
      (target.tagName === "INPUT" && ["radio", "checkbox", "submit", "button"].indexOf(target.type) < 0);
  }

  function help() {
    if (!dialog) { return; }
    if (dialog.open) { dialog.close(); } else { dialog.showModal(); }
  }

  all("[data-if-help]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", help);
  });

  /* --- the queue ------------------------------------------------------------------ */
  var rows = all("[data-if-row]");
  var at = -1;

  function stand(place) {
    if (!rows.length) { return; }
    at = Math.max(0, Math.min(place, rows.length - 1));
    rows.forEach(function (row, n) { row.classList.toggle("if-row-at", n === at); });
    var link = rows[at].querySelector("[data-if-open]");
    link.focus();
    rows[at].scrollIntoView({ block: "nearest" });
  }

  var boxes = all("input[name=tasks][type=checkbox]");
  var whole = one("[data-if-all]");
  var ticked = one("[data-if-ticked]");
  var told = ticked ? ticked.textContent : "";

  function count() {
    var n = boxes.filter(function (box) { return box.checked; }).length;
    if (whole) {
      whole.checked = n > 0 && n === boxes.length;
      whole.indeterminate = n > 0 && n < boxes.length;
    }
    if (ticked) { ticked.textContent = n ? ticked.getAttribute("data-if-ticked").replace("#", n) : told; }
  }

  if (whole) {
    whole.addEventListener("change", function () {
      boxes.forEach(function (box) { box.checked = whole.checked; });
      count();
    });
    boxes.forEach(function (box) { box.addEventListener("change", count); });
    all(".if-noscript").forEach(function (link) { link.hidden = true; });
    count();
  }

  rows.forEach(function (row, n) {
    row.addEventListener("focusin", function () {
      at = n;
      rows.forEach(function (other) { other.classList.toggle("if-row-at", other === row); });
    });
  });

  function queueKey(key) {
    if (key === "j") { stand(at + 1); return true; }
    if (key === "k") { stand(at < 0 ? 0 : at - 1); return true; }
    if (key === "a" && whole) { whole.click(); return true; }
    if (at < 0) { return false; }
    if (key === "x") {
      var box = rows[at].querySelector("input[name=tasks]");
      if (box) { box.click(); }
      return true;
    }
    if (key === "c") {
      var act = rows[at].querySelector("button[name=act]");
      if (act) { act.click(); }
      return true;
    }
    return false;
  }

  /* --- deciding ------------------------------------------------------------------- */
  var form = one("[data-if-form]");
  var verdicts = form ? Array.prototype.slice.call(form.querySelectorAll("[data-if-verdict]")) : [];
  var finds = -1;

  function fit() {
    if (!form) { return; }
    var chosen = verdicts.filter(function (radio) { return radio.checked; })[0];
    Array.prototype.forEach.call(form.querySelectorAll("[data-if-for]"), function (part) {
      part.hidden = !chosen || part.getAttribute("data-if-for").split(" ").indexOf(chosen.value) < 0;
    });
  }

  function choose(number) {
    var radio = verdicts[number - 1];
    if (!radio) { return false; }
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    var part = form.querySelector("[data-if-for~='" + radio.value + "'] select[name=common], [data-if-for~='" + radio.value + "'] textarea");
    (part || form.querySelector("[data-if-submit]")).focus();
    return true;
  }

  function nextFind() {
    var marks = all(".if-paper mark");
    if (!marks.length) { return true; }
    finds = (finds + 1) % marks.length;
    marks[finds].setAttribute("tabindex", "-1");
    marks[finds].focus();
    marks[finds].scrollIntoView({ block: "center" });
    return true;
  }

  function decideKey(key) {
    if (/^[1-9]$/.test(key)) { return choose(Number(key)); }
    if (key === "n") { return nextFind(); }
    if (key === "r" && form) {
      var box = form.querySelector("textarea[name=reason]");
      if (box && box.offsetParent) { box.focus(); return true; }
    }
    return false;
  }

  if (form) {
    form.addEventListener("change", fit);
    fit();
    var sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) { event.preventDefault(); }
      sent = true;
    });
    window.addEventListener("pageshow", function () { sent = false; });
    var bad = form.querySelector(".error-message");
    var sure = form.querySelector("[autofocus]");
    if (sure) { sure.focus(); }
    else if (bad) {
      var field = bad.parentElement.querySelector("textarea, select, input[type=radio]");
      if (field) { field.focus(); }
    }
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) { return; }
    if (event.key === "?" || event.key === "？") { event.preventDefault(); help(); return; }
    if (dialog && dialog.open) { return; }
    var link = root.querySelector("[data-if-key='" + event.key + "']");
    if (/^[a-z]$/.test(event.key) && link) { event.preventDefault(); link.click(); return; }
    if (event.key === "Enter" && event.target.type === "radio" && form) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if ((kind === "queue" ? queueKey : decideKey)(event.key)) { event.preventDefault(); }
  });
})();
