/* The small form under an event in which a correction is made; one at a time. */
const Editor = (() => {
  let open = null; // {row, form, close}
  const TITLES = { reject: "Reject", "re-side": "Change the side of", move: "Move", add: "Add an event" };

  function close() {
    if (!open) return;
    const { element, opener } = open;
    open = null;
    element.remove();
    opener?.focus();
  }

  /* `apply` gets the values of the form, times as they were typed, and returns "" or why they cannot be. */
  function show({ action, name, after, opener, values, sides, apply }) {
    close();
    const element = document.getElementById("editor-template").content.firstElementChild.cloneNode(true);
    const form = element.querySelector("form");
    form.querySelector("legend").textContent = action === "add" ? TITLES.add : `${TITLES[action]} ${name}`;
    for (const field of form.querySelectorAll("[data-for]")) {
      field.hidden = !field.dataset.for.split(" ").includes(action);
    }
    const inputs = form.elements;
    inputs.onset.value = values.onset ?? "";
    inputs.duration.value = values.duration ?? "";
    const offerSides = () => {
      const offered = sides(inputs.kind.value);
      for (const option of inputs.side.options) option.hidden = option.disabled = !offered.includes(option.value);
      if (!offered.includes(inputs.side.value)) inputs.side.value = offered[0];
    };
    inputs.side.value = values.side ?? "right";
    offerSides();
    inputs.kind.addEventListener("change", offerSides);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const problem = apply({
        kind: inputs.kind.value, side: inputs.side.value, why: inputs.why.value.trim(),
        onset: inputs.onset.value.trim(), duration: inputs.duration.value.trim(),
        sites: [...form.querySelectorAll("[name=sites]:checked")].map((box) => box.value),
      });
      form.querySelector(".problem").textContent = problem;
      const wrong = { onset: /^The (onset|event)/.test(problem), duration: problem.startsWith("The duration") };
      for (const [field, isWrong] of Object.entries(wrong)) inputs[field].setAttribute("aria-invalid", String(isWrong));
      const first = Object.keys(wrong).find((field) => wrong[field] && !inputs[field].closest("[hidden]"));
      if (first) inputs[first].focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "Enter" && event.target.matches("select, [type=checkbox]")) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    inputs.cancel.addEventListener("click", close);
    after(element);
    open = { element, opener };
    const first = [...form.querySelectorAll("[data-for]:not([hidden]) :is(input, select)")][0];
    first.focus();
    if (first.select) first.select();
  }

  return { show, close, isOpen: () => open !== null };
})();
