/* A report on a bad line: the draft stays on this device until the server has said "received",
   the same form is sent again until it has, and its key keeps it from being taken twice.
   Without this script the form is sent as any other. */
(function () {
  "use strict";

  var form = document.getElementById("urgent-form");
  if (!form || !window.fetch || !window.FormData) {
    return;
  }
  document.documentElement.className += " script";

  var KEEP = 24 * 3600 * 1000;
  var WAITS = [2, 4, 8, 15, 30];
  var PATIENCE = 15000;
  var store = "urgent:" + form.getAttribute("data-who") + ":" + window.location.pathname;
  var state = document.getElementById("send-state");
  var button = document.getElementById("send-button");
  var label = button.textContent;
  var tries = 0;
  var timer = 0;
  var busy = false;
  var done = false;
  var shownFor = 0;
  var waiting = false;

  function say(text, tone) {
    state.textContent = text;
    state.setAttribute("data-tone", tone);
  }

  /* --- the draft ---------------------------------------------------------------- */

  function typed() {
    var found = {};
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken") {
        found[name] = value;
      }
    });
    return found;
  }

  function keep(sent) {
    try {
      window.localStorage.setItem(store, JSON.stringify({ at: Date.now(), sent: sent, typed: typed() }));
    } catch (error) {
      /* Full or forbidden: the page itself still holds what is typed. */
    }
  }

  function forget() {
    try {
      window.localStorage.removeItem(store);
    } catch (error) {
      /* Nothing was kept. */
    }
  }

  function kept() {
    try {
      Object.keys(window.localStorage).forEach(function (name) {
        if (name.indexOf("urgent:") === 0) {
          var one = JSON.parse(window.localStorage.getItem(name));
          if (!one || Date.now() - one.at > KEEP) {
            window.localStorage.removeItem(name);
          }
        }
      });
      return JSON.parse(window.localStorage.getItem(store));
    } catch (error) {
      return null;
    }
  }

  function restore(draft) {
    var values = draft.typed;
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.name === "csrfmiddlewaretoken") {
        return;
      }
      var value = values[field.name];
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = value !== undefined && value === field.value;
      } else if (value !== undefined) {
        field.value = value;
      }
    });
    /* The quick choices stand for minutes of the older page: the minute itself is put in. */
    if (values.when && values.when !== "other" && !form.querySelector("[name=when]:checked")) {
      var other = form.querySelector("[name=when][value=other]");
      if (other) {
        other.checked = true;
        form.elements.happened_at.value = values.when;
        form.elements.happened_about.checked = true;
      }
    }
    say((draft.sent ? "未发出：" : "已找回：") + clock(draft) + " 填写的内容还在，请点“" + label + "”。", draft.sent ? "bad" : "busy");
  }

  function clock(draft) {
    var at = new Date(draft.at);
    return at.getHours() + ":" + (at.getMinutes() < 10 ? "0" : "") + at.getMinutes();
  }

  /* On a slow line a person types before this script is there. */
  function begun() {
    return Array.prototype.some.call(form.elements, function (field) {
      if (!field.name || field.type === "hidden" || field.tagName === "SELECT") {
        return false;
      }
      return field.type === "radio" || field.type === "checkbox" ?
        field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    });
  }

  function offer(draft) {
    say("这台设备上还有 " + clock(draft) + " 填写、没有发出的内容。", "busy");
    var back = document.createElement("button");
    back.type = "button";
    back.className = "btn";
    back.textContent = "找回它（替换现在填写的）";
    back.addEventListener("click", function () {
      restore(draft);
      unfold();
      keep(draft.sent);
    });
    state.appendChild(back);
  }

  /* --- what only shows when it is needed --------------------------------------- */

  function unfold() {
    var when = form.querySelector("[name=when]:checked");
    var some = form.querySelector("[name=casualties]:checked");
    var other = document.getElementById("when-other");
    var counts = document.getElementById("counts");
    if (other) {
      other.className = "when-other" + (when && when.value === "other" ? " shown" : "");
    }
    if (counts) {
      counts.className = "counts" + (some && some.value === "some" ? " shown" : "");
    }
  }

  /* --- sending ------------------------------------------------------------------ */

  function token() {
    var found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (found) {
      form.elements.csrfmiddlewaretoken.value = decodeURIComponent(found[1]);
    }
  }

  function clearErrors() {
    form.querySelectorAll("[data-errors]").forEach(function (place) {
      place.textContent = "";
      place.parentNode.className = place.parentNode.className.replace(" field-bad", "");
    });
  }

  function showErrors(errors) {
    var first = null;
    Object.keys(errors).forEach(function (name) {
      var place = form.querySelector("[data-errors='" + name + "']");
      if (!place) {
        return;
      }
      errors[name].forEach(function (message) {
        var line = document.createElement("p");
        line.className = "bad";
        line.textContent = message;
        place.appendChild(line);
      });
      place.parentNode.className += " field-bad";
      var fold = place.closest("details");
      if (fold) {
        fold.open = true;
      }
      first = first || place.parentNode;
    });
    if (first) {
      first.scrollIntoView({ block: "center" });
    }
  }

  function received(answer) {
    done = true;
    forget();
    var box = document.createElement("div");
    box.className = "card received";
    box.setAttribute("role", "status");
    var told = document.createElement("p");
    told.className = "send-state";
    told.setAttribute("data-tone", "good");
    told.textContent = answer.message;
    var link = document.createElement("a");
    link.className = "btn btn-main";
    link.href = answer.url;
    link.textContent = "查看时限，补充续报";
    var acts = document.createElement("div");
    acts.className = "acts";
    acts.appendChild(link);
    box.appendChild(told);
    box.appendChild(acts);
    form.parentNode.replaceChild(box, form);
    window.scrollTo(0, 0);
    link.focus();
  }

  function refused(answer) {
    busy = false;
    button.disabled = false;
    keep(false);
    clearErrors();
    showErrors(answer.errors || {});
    say("未发出：" + answer.message, "bad");
  }

  function locked() {
    busy = false;
    button.disabled = false;
    say("未发出：登录已过期或页面太旧。内容仍在这台设备上，请在新窗口重新登录，再回到这里点“" + label + "”。", "bad");
    var link = document.createElement("a");
    link.href = form.getAttribute("data-login");
    link.target = "_blank";
    link.textContent = " 重新登录";
    state.appendChild(link);
  }

  function later() {
    var wait = WAITS[Math.min(tries, WAITS.length) - 1];
    var at = Date.now() + wait * 1000;
    busy = false;
    button.disabled = false;
    button.textContent = "立即重发";
    waiting = true;
    window.clearInterval(shownFor);
    function tell() {
      var left = Math.max(0, Math.ceil((at - Date.now()) / 1000));
      say("未发出：线路不通，" + left + "秒后自动重发（已试" + tries + "次）。请不要关闭页面。", "bad");
      if (left === 0) {
        send();
      }
    }
    shownFor = window.setInterval(tell, 500);
    tell();
  }

  function send() {
    if (busy || done) {
      return;
    }
    busy = true;
    waiting = false;
    tries += 1;
    window.clearInterval(shownFor);
    window.clearTimeout(timer);
    button.disabled = true;
    button.textContent = label;
    say("正在发送" + (tries > 1 ? "（第" + tries + "次）" : "") + "…", "busy");
    keep(true);
    token();
    var stop = window.AbortController ? new AbortController() : null;
    timer = window.setTimeout(function () {
      if (stop) {
        stop.abort();
      }
    }, PATIENCE);
    fetch(form.getAttribute("action") || window.location.href, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)).toString(),
      credentials: "same-origin",
      redirect: "follow",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch" },
      signal: stop ? stop.signal : undefined
    }).then(function (response) {
      var kind = response.headers.get("Content-Type") || "";
      if (kind.indexOf("application/json") === 0) {
        return response.json().then(function (answer) {
          window.clearTimeout(timer);
          if (answer.ok) {
            received(answer);
          } else {
            refused(answer);
          }
        });
      }
      window.clearTimeout(timer);
      if (response.status >= 500) {
        later();
      } else {
        locked();
      }
      return null;
    }).catch(function () {
      window.clearTimeout(timer);
      later();
    });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();
    tries = 0;
    send();
  });
  form.addEventListener("input", function () {
    unfold();
    if (!busy && !done) {
      keep(false);
    }
  });
  form.addEventListener("change", unfold);
  window.addEventListener("online", function () {
    if (waiting) {
      send();
    }
  });

  var draft = kept();
  if (begun()) {
    keep(false);
    if (draft && draft.typed) {
      offer(draft);
    }
  } else if (draft && draft.typed) {
    restore(draft);
  }
  unfold();
}());
