/* Ticking all units of a group at once; without this file each is ticked by hand. */
(function () {
  "use strict";
  document.querySelectorAll("[data-group]").forEach(function (group) {
    var boxes = group.querySelectorAll("input[type=checkbox]");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small button-secondary";
    function all() {
      return Array.prototype.every.call(boxes, function (box) { return box.checked; });
    }
    function name() { button.textContent = all() ? "全不选" : "全选"; }
    button.addEventListener("click", function () {
      var tick = !all();
      boxes.forEach(function (box) { box.checked = tick; });
      name();
    });
    group.addEventListener("change", name);
    group.insertBefore(button, group.children[1]);
    name();
  });
})();
