/* The write page: word count, Ctrl+S, automatic saving. The page works without it. */
(function () {
  "use strict";

  var form = document.getElementById("write");
  if (!form || !window.fetch || !window.FormData) {
    return;
  }
  var EVERY = 20000;
  var body = form.elements.body;
  var count = document.getElementById("word-count");
  var state = document.getElementById("autosave");
  var address = form.getAttribute("data-autosave");
  var leaving = false;
  var sending = false;
  var refused = "";
  var timer = 0;

  /* What is typed; the token is none of it and changes by itself. */
  function snapshot() {
    var data = new URLSearchParams(new FormData(form));
    data.delete("csrfmiddlewaretoken");
    return data.toString();
  }

  function sent(now) {
    var token = form.elements.csrfmiddlewaretoken.value;
    return "csrfmiddlewaretoken=" + encodeURIComponent(token) + "&" + now;
  }

  var saved = snapshot();

  function showCount() {
    count.textContent = body.value.replace(/\s/g, "").length + "字";
  }

  /* A login in another window changes the token; the cookie always holds the present one. */
  function freshToken() {
    var found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (found) {
      form.elements.csrfmiddlewaretoken.value = decodeURIComponent(found[1]);
    }
  }

  function say(text, bad) {
    state.textContent = text;
    state.className = bad ? "note" : "mute small";
  }

  function dirty() {
    freshToken();
    var now = snapshot();
    return now !== saved && now !== refused ? now : "";
  }

  function autosave() {
    var now = dirty();
    if (!now || sending || leaving) {
      return;
    }
    sending = true;
    fetch(address, {
      method: "POST",
      body: sent(now),
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Requested-With": "fetch"
      }
    }).then(function (response) {
      return response.json();
    }).then(function (answer) {
      if (answer.ok) {
        saved = now;
        refused = "";
        say(answer.at ? "已自动保存 " + answer.at + "（只有您能看到，提交前请点“保存草稿”）" : "", false);
      } else {
        refused = now;
        say(answer.message, true);
      }
    }).catch(function () {
      say("网络不通，暂时没有自动保存，请不要关闭页面。", true);
    }).then(function () {
      sending = false;
    });
  }

  function onLeaving() {
    var now = leaving ? "" : dirty();
    if (now && navigator.sendBeacon) {
      navigator.sendBeacon(address, new Blob([sent(now)], { type: "application/x-www-form-urlencoded" }));
      saved = now;
    }
  }

  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(autosave, 2000);
  });
  body.addEventListener("input", showCount);
  form.addEventListener("submit", function () {
    freshToken();
    leaving = true;
    /* The browser's back button brings the page as it was: typing goes on being kept. */
    window.setTimeout(function () { leaving = false; }, 5000);
  });
  window.setInterval(autosave, EVERY);
  window.addEventListener("pagehide", onLeaving);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      onLeaving();
    }
  });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      document.getElementById("save").click();
    }
  });
  showCount();
}());
