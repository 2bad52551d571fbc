// How long there is to answer, counted on. Without this file the page says it as of when it was made.
(function () {
  "use strict";
  function count() {
    document.querySelectorAll(".countdown[data-until]").forEach(function (line) {
      var minutes = Math.floor((Date.parse(line.dataset.until) - Date.now()) / 60000);
      line.classList.toggle("late", minutes < 0);
      line.textContent =
        minutes < 0
          ? line.dataset.over
          : line.dataset.left.replace("%h", String(Math.floor(minutes / 60))).replace("%m", String(minutes % 60));
    });
  }
  window.setInterval(count, 20000);
})();
