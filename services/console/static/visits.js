// The day's visits by the keyboard: up and down from row to row, 1 to 4 for a result, Ctrl+Enter to record; and a box to
// find a row by. Without this file the sheet works by Tab and arrow keys alone.
(function () {
  "use strict";
  var form = document.querySelector("form.visits");
  if (!form) return;
  form.classList.add("live");
  var rows = Array.prototype.slice.call(form.querySelectorAll(".sheet tbody tr"));
  var counts = form.querySelector(".counts");

  function chosen(row) { return row.querySelector("input[type=radio]:checked"); }

  function count() {
    var n = { ok: 0, none: 0, other: 0 };
    rows.forEach(function (row) {
      var value = (chosen(row) || { value: "none" }).value;
      n[value in n ? value : "other"] += 1;
    });
    counts.textContent = form.dataset.count.replace("%ok", n.ok).replace("%other", n.other).replace("%none", n.none);
  }

  function go(from, step) {
    for (var at = rows.indexOf(from) + step; rows[at]; at += step) {
      if (rows[at].offsetParent !== null && !rows[at].hidden) {
        (chosen(rows[at]) || rows[at].querySelector("input[type=radio]")).focus();
        return;
      }
    }
  }

  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.main"));
      return;
    }
    var row = event.target.closest("tbody tr");
    if (!row || event.target.type !== "radio" || event.altKey || event.ctrlKey || event.metaKey) return;
    var radios = row.querySelectorAll("input[type=radio]");
    var number = Number(event.key);
    if (event.key === "ArrowDown" || event.key === "Enter") go(row, 1);
    else if (event.key === "ArrowUp") go(row, -1);
    else if (number >= 1 && number <= radios.length) { radios[number - 1].checked = true; radios[number - 1].focus(); count(); }
    else return;
    event.preventDefault();
  });
  form.addEventListener("change", count);

  var box = document.createElement("input");
  box.type = "search";
  box.setAttribute("aria-label", form.dataset.find);
  box.placeholder = form.dataset.find;
  box.autocomplete = "off";
  box.addEventListener("input", function () {
    var wanted = box.value.trim().toLowerCase();
    rows.forEach(function (row) { row.hidden = wanted !== "" && row.cells[0].textContent.toLowerCase().indexOf(wanted) < 0; });
  });
  box.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    var first = rows.filter(function (row) { return !row.hidden && row.offsetParent !== null; })[0];
    if (first) (chosen(first) || first.querySelector("input[type=radio]")).focus();
  });
  form.querySelector(".tools").insertBefore(box, counts);
  count();
})();
