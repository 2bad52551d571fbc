// The slider's two companions: step buttons that do not reload, and words for the slider's position.
// Without this file everything still works: the buttons are links and a form asks for a moment.
(function () {
  "use strict";
  var player = document.querySelector(".player");
  if (!player) return;
  var slider = player.querySelector("input[type=range]");
  var here = window.location.pathname;

  function speak() {
    slider.setAttribute("aria-valuetext", player.dataset.step.replace("%n", slider.value));
    player.querySelectorAll("[data-step-by]").forEach(function (button) {
      var to = Number(slider.value) + Number(button.dataset.stepBy);
      var possible = to >= 1 && to <= Number(slider.max);
      if (possible) {
        button.removeAttribute("aria-disabled");
        button.href = here + "?n=" + to + "#replay";
      } else {
        button.setAttribute("aria-disabled", "true");
        button.removeAttribute("href");
      }
    });
  }

  player.addEventListener("click", function (event) {
    var button = event.target.closest("[data-step-by]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (button.hasAttribute("aria-disabled")) return;
    slider.value = Number(slider.value) + Number(button.dataset.stepBy);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  slider.addEventListener("input", speak);
  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (!event.target.closest("#replay")) return;
    var at = slider.value === slider.max ? here : here + "?n=" + slider.value;
    window.history.replaceState(null, "", at);
  });
  speak();
})();
