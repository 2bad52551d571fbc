// The hands of the time machine as sliders. Without this file each hand is a list of moments, and a button shows them.
(function () {
  "use strict";
  document.querySelectorAll("select[data-slider]").forEach(function (list) {
    var last = list.options.length;
    if (last < 2) return;
    var slider = document.createElement("input");
    var said = document.createElement("output");
    slider.type = "range";
    slider.min = 1;
    slider.max = last;
    slider.value = list.value;
    slider.id = list.id + "-slider";
    said.htmlFor = slider.id;

    function speak() {
      var text = list.options[list.selectedIndex].text;
      slider.setAttribute("aria-valuetext", text + " (" + slider.value + " / " + last + ")");
      said.textContent = text;
    }

    slider.addEventListener("input", function () {
      list.value = slider.value;
      speak();
    });
    slider.addEventListener("change", function () {
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    document.querySelector('label[for="' + list.id + '"]').htmlFor = slider.id;
    list.hidden = true;
    list.after(slider, said);
    list.form.querySelector(".go").hidden = true;
    speak();
  });
})();
