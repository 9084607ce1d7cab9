"use strict";
/* Runs within a report that stands in a frame: what would be downloaded as review.json is handed to
   the page around it, which alone can enter it. */
(() => {
  const kept = new Map();
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const address = make(blob);
    kept.set(address, blob);
    return address;
  };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function handed() {
    const blob = this.download === "review.json" ? kept.get(this.href) : undefined;
    if (!blob) return click.call(this);
    blob.text().then((review) => parent.postMessage({ review }, "*"));
  };
  const { name } = "__SIGNED_BY__";
  const who = document.getElementById("who");
  if (who && !who.value) who.value = name;
})();
