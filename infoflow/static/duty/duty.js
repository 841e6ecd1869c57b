/* The duty screen keeps itself fresh. It draws anew only what is read, never what is typed into. */
(function () {
  "use strict";
  var PATIENCE = 8000;
  var root = document.getElementById("duty-live");
  if (!root) {
    return;
  }
  var every = Number(root.dataset.every) * 1000;
  var status = document.getElementById("duty-status");
  var form = document.getElementById("duty-call");
  var etag = '"' + root.dataset.version + '"';
  var lastAt = (status.textContent.match(/\d\d:\d\d:\d\d/) || [""])[0];
  var title = document.title;
  var shown = {};
  var known = {};

  function regions() {
    return Array.prototype.slice.call(document.querySelectorAll("[data-region]"));
  }

  function plain(html) {
    return html.replace(/((?:name="csrfmiddlewaretoken" value|data-now)=")[^"]*/g, "$1");
  }

  function say(kind, text) {
    status.className = "duty-status" + (kind ? " is-" + kind : "");
    if (status.textContent !== text) {
      status.textContent = text;
    }
  }

  function selectedIn(region) {
    var selection = window.getSelection();
    return Boolean(selection && !selection.isCollapsed && selection.rangeCount &&
      selection.getRangeAt(0).intersectsNode(region));
  }

  /* What somebody looks at or types into stays where it is on the screen. */
  function replace(region, html) {
    var active = document.activeElement;
    var inside = region.contains(active) ? active.id : "";
    var anchor = active && active !== document.body && !region.contains(active) ? active : null;
    var before = anchor ? anchor.getBoundingClientRect().top : 0;
    region.innerHTML = html;
    if (inside && document.getElementById(inside)) {
      document.getElementById(inside).focus({ preventScroll: true });
    }
    if (anchor) {
      var moved = anchor.getBoundingClientRect().top - before;
      if (moved) {
        window.scrollBy(0, moved);
      }
    }
  }

  function draw(parts) {
    var held = false;
    regions().forEach(function (region) {
      var name = region.dataset.region;
      var html = parts[name];
      if (html === undefined || shown[name] === plain(html)) {
        return;
      }
      if (selectedIn(region)) {
        held = true;
        return;
      }
      replace(region, html);
      shown[name] = plain(html);
    });
    alerts(true);
    document.dispatchEvent(new CustomEvent("duty:refreshed"));
    return held;
  }

  /* --- what is new ------------------------------------------------------------------- */
  var bell = document.getElementById("duty-sound");
  var audio = null;

  function store(where, key, value) {
    try {
      if (value === undefined) {
        return where.getItem(key);
      }
      if (value === null) {
        where.removeItem(key);
      } else {
        where.setItem(key, value);
      }
    } catch (error) {
      return null;
    }
    return null;
  }

  function ring() {
    var Sound = window.AudioContext || window.webkitAudioContext;
    if (!bell || !bell.checked || !Sound) {
      return;
    }
    audio = audio || new Sound();
    [0, 0.5].forEach(function (wait) {
      var tone = audio.createOscillator();
      var volume = audio.createGain();
      volume.gain.value = 0.2;
      tone.frequency.value = 880;
      tone.connect(volume);
      volume.connect(audio.destination);
      tone.start(audio.currentTime + wait);
      tone.stop(audio.currentTime + wait + 0.3);
    });
  }

  function alerts(tell) {
    var fresh = false;
    var count = 0;
    Array.prototype.forEach.call(document.querySelectorAll("[data-alert]"), function (element) {
      count += 1;
      if (!known[element.dataset.alert]) {
        known[element.dataset.alert] = true;
        fresh = true;
      }
    });
    document.title = (count ? "(" + count + ") " : "") + title;
    if (fresh && tell) {
      ring();
    }
  }

  if (bell) {
    bell.parentNode.hidden = false;
    bell.checked = store(window.localStorage, "duty-sound") === "1";
    bell.addEventListener("change", function () {
      store(window.localStorage, "duty-sound", bell.checked ? "1" : null);
      ring();
    });
  }

  /* --- asking ------------------------------------------------------------------------ */
  function ask() {
    var stop = new AbortController();
    var timer = window.setTimeout(function () { stop.abort(); }, PATIENCE);
    fetch(root.dataset.url + window.location.search, {
      headers: { "If-None-Match": etag },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      signal: stop.signal
    }).then(function (response) {
      var at = response.headers.get("X-Duty-At");
      if (response.type === "opaqueredirect" || response.status === 403) {
        say("lost", root.dataset.out);
        return null;
      }
      if (!at || (response.status !== 200 && response.status !== 304)) {
        throw new Error(String(response.status));
      }
      if (response.status === 304) {
        lastAt = at;
        say("", root.dataset.fine + " " + lastAt);
        return null;
      }
      return response.json().then(function (answer) {
        var held = draw(answer.parts);
        lastAt = at;
        if (held) {
          say("held", root.dataset.held);
        } else {
          etag = response.headers.get("ETag");
          say("", root.dataset.fine + " " + lastAt);
        }
      });
    }).catch(function () {
      say("lost", root.dataset.lost + (lastAt ? "（" + root.dataset.fine + " " + lastAt + "）" : ""));
    }).then(function () {
      window.clearTimeout(timer);
      window.setTimeout(ask, every);
    });
  }

  /* --- what was typed outlives a reload of this window, and nothing else ---------------- */
  var place = "duty-call:" + root.dataset.person;

  function typed() {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.name && field.type !== "submit" && field.name !== "csrfmiddlewaretoken") {
        values[field.name] = field.value;
      }
    });
    return values;
  }

  function isEmpty(values) {
    return Object.keys(values).every(function (name) {
      return name === "form_id" || !values[name].trim();
    });
  }

  function restore() {
    var kept = null;
    try {
      kept = JSON.parse(store(window.sessionStorage, place) || "null");
    } catch (error) {
      kept = null;
    }
    if (!kept || kept.form_id === root.dataset.saved) {
      store(window.sessionStorage, place, null);
      return;
    }
    if (!isEmpty(typed())) {
      return;
    }
    Object.keys(kept).forEach(function (name) {
      if (form.elements[name]) {
        form.elements[name].value = kept[name];
      }
    });
    document.getElementById("duty-restored").hidden = false;
    var more = form.querySelector("details");
    if (more && (kept.called_at || kept.about || kept.instruction || kept.instructed_by)) {
      more.open = true;
    }
  }

  if (form) {
    restore();
    form.addEventListener("input", function () {
      var values = typed();
      store(window.sessionStorage, place, isEmpty(values) ? null : JSON.stringify(values));
    });
    document.getElementById("duty-clear").addEventListener("click", function () {
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name && field.type !== "submit" && field.type !== "hidden") {
          field.value = "";
        }
      });
      store(window.sessionStorage, place, null);
      document.getElementById("duty-restored").hidden = true;
    });
  }

  regions().forEach(function (region) {
    shown[region.dataset.region] = null;
  });
  alerts(false);
  window.setTimeout(ask, every);
}());
