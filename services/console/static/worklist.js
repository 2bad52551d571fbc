// The worklist keeps itself up to date, and is walked through by j, k and the arrows. Without this file it is a page
// of links like any other. A stream is open only while the page is seen: a browser has few connections to one host.
(function () {
  "use strict";
  var list = document.getElementById("worklist");
  var said = document.getElementById("worklist-said");
  if (!list || !said) return;
  var stream = null;
  var asking = null;
  var EVERY = 60000;

  function items() {
    return Array.prototype.slice.call(list.querySelectorAll("a.matter"));
  }

  function keyOf(element) {
    var row = element && element.closest("[data-item]");
    return row && row.dataset.item;
  }

  function counts() {
    return Array.prototype.map.call(list.querySelectorAll(".tally a"), function (part) {
      return part.textContent.replace(/\s+/g, " ").trim();
    }).join(", ");
  }

  // Whoever stands on an item stays on it, wherever it has gone; if it is over, on the one that took its place.
  function put(html) {
    var before = counts();
    var here = list.contains(document.activeElement) ? document.activeElement : null;
    var key = keyOf(here);
    var place = key ? items().findIndex(function (item) { return keyOf(item) === key; }) : -1;
    list.innerHTML = html;
    if (key) {
      var all = items();
      var same = all.filter(function (item) { return keyOf(item) === key; })[0];
      var next = same || all[Math.min(place, all.length - 1)];
      if (next) next.focus();
    }
    var now = counts();
    if (now !== before) said.textContent = said.dataset.said.replace("{counts}", now);
  }

  function ask() {
    fetch(list.dataset.part, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : null;
    }).then(function (html) {
      if (html !== null) put(html);
    }).catch(function () {});
  }

  function close() {
    if (stream) stream.close();
    if (asking) window.clearInterval(asking);
    stream = asking = null;
  }

  function askNowAndThen() {
    close();
    asking = window.setInterval(ask, EVERY);
  }

  function open() {
    if (stream || asking) return;
    if (!window.EventSource) return askNowAndThen();
    stream = new EventSource(list.dataset.stream);
    stream.addEventListener("list", function (event) { put(event.data); });
    stream.addEventListener("full", askNowAndThen);
    stream.addEventListener("over", function () { close(); window.location.reload(); });
    stream.addEventListener("error", function () {
      if (stream && stream.readyState === EventSource.CLOSED) askNowAndThen();
    });
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) close(); else open();
  });
  window.addEventListener("pagehide", close);

  // Only inside the list: a single letter does nothing elsewhere (WCAG 2.1.4).
  list.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    var all = items();
    var row = document.activeElement.closest("[data-item]");
    var at = all.findIndex(function (item) { return item.closest("[data-item]") === row; });
    var next = at < 0 ? 0 : at + step;
    if (all[next]) {
      all[next].focus();
      event.preventDefault();
    }
  });

  document.querySelector("a.to-list").addEventListener("click", function (event) {
    var first = items()[0];
    if (!first) return;
    event.preventDefault();
    first.focus();
  });

  if (!document.hidden) open();
})();
