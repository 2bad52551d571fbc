// Who may be on record already, while one types. What is typed goes in the body of a POST, never into an address.
// Without this file a button of the form does the same.
(function () {
  "use strict";
  var form = document.getElementById("take");
  var place = document.getElementById("hints");
  if (!form || !place || !window.fetch) return;
  var NAMES = ["client_name", "client_phone", "id_number"];
  var waiting = null;
  var asked = 0;
  document.querySelectorAll(".no-script").forEach(function (part) { part.hidden = true; });

  function typed() {
    var body = new URLSearchParams();
    NAMES.concat(["csrf"]).forEach(function (name) { body.append(name, form.elements[name].value); });
    var chosen = form.querySelector("input[name=same]:checked");
    if (chosen) body.append("same", chosen.value);
    return body;
  }

  function ask() {
    var mine = asked += 1;
    fetch(form.dataset.hints, { method: "POST", body: typed(), credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : null;
    }).then(function (html) {
      if (html !== null && mine === asked) place.innerHTML = html;
    }).catch(function () {});
  }

  form.addEventListener("input", function (event) {
    if (NAMES.indexOf(event.target.name) < 0) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 350);
  });
})();
