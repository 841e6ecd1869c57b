/* A login in another window changes the token of all forms; the cookie holds the present one. */
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var field = event.target.elements.csrfmiddlewaretoken;
    var found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (field && found) {
      field.value = decodeURIComponent(found[1]);
    }
  });
}());
