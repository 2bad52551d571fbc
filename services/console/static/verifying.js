// How far the check of the ledger has come; when it has ended the page is shown anew. Without this file a reload shows it.
(function () {
  "use strict";
  var place = document.querySelector("[data-verifying]");
  var bar = place.querySelector("progress");
  var said = place.querySelector("output");

  function look() {
    fetch(place.dataset.verifying, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (found) {
        if (found.state !== "running") {
          location.reload();
          return;
        }
        bar.max = found.size;
        bar.value = found.checked;
        said.textContent = found.checked + " / " + found.size;
        setTimeout(look, 1000);
      })
      .catch(function () { setTimeout(look, 5000); });
  }

  setTimeout(look, 1000);
})();
