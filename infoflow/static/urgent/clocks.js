/* Countdowns by the server's time. What is left is reckoned anew from the clock each time, so a
   device that has slept shows the right figure at once; the timer only says when to look. */
(function () {
  "use strict";

  var holder = document.querySelector("[data-sync]");
  if (!holder) {
    return;
  }
  var offset = Number(holder.getAttribute("data-now")) - Date.now();

  function two(n) {
    return n < 10 ? "0" + n : String(n);
  }

  function words(seconds) {
    var left = Math.abs(seconds);
    var hours = Math.floor(left / 3600);
    var rest = two(Math.floor(left % 3600 / 60)) + "分" + two(left % 60) + "秒";
    if (hours >= 48) {
      return Math.floor(hours / 24) + "天" + hours % 24 + "小时";
    }
    return hours ? hours + "小时" + rest : rest;
  }

  function show() {
    var now = Math.floor((Date.now() + offset) / 1000);
    document.querySelectorAll("[data-due]").forEach(function (place) {
      var left = Number(place.getAttribute("data-due")) - now;
      var tone = left < 0 ? "over" : left <= 600 ? "near" : "";
      place.textContent = (left < 0 ? "已超 " : "还有 ") + words(left);
      if (place.getAttribute("data-tone") !== tone) {
        place.setAttribute("data-tone", tone);
        var tag = place.parentNode.querySelector("[data-verdict]");
        if (tag && left < 0) {
          tag.textContent = "已过时限，未收到";
          tag.className = "tag tag-overdue";
        }
      }
    });
  }

  /* The device's own clock may have been set meanwhile: ask the server. */
  function sync() {
    var asked = Date.now();
    fetch(holder.getAttribute("data-sync"), { credentials: "same-origin" }).then(function (answer) {
      return answer.json();
    }).then(function (told) {
      var came = Date.now();
      offset = told.now - (asked + came) / 2;
      show();
    }).catch(function () {
      show();
    });
  }

  function woken() {
    if (document.visibilityState === "visible") {
      show();
      sync();
    }
  }

  document.addEventListener("visibilitychange", woken);
  window.addEventListener("pageshow", woken);
  window.addEventListener("online", sync);
  /* The duty screen draws its lines anew; the figures follow at once. */
  document.addEventListener("duty:refreshed", show);
  window.setInterval(show, 1000);
  show();
}());
