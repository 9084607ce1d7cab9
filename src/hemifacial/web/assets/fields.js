/* What stands in the fields of a form, by path; and lists whose items come and go. */
export function fieldsOf(form) {
  const fields = {};
  for (const one of form.querySelectorAll("[name]:not([data-beside])")) {
    if (one.closest("template")) continue;
    if (one.dataset.many !== undefined) {
      fields[one.name] ??= [];
      if (one.checked) fields[one.name].push(one.value);
    } else if (one.dataset.words !== undefined) {
      fields[one.name] = one.value.split(",").map((word) => word.trim()).filter(Boolean);
    } else if (one.type !== "radio" || one.checked) fields[one.name] = one.value.trim();
  }
  return fields;
}

export function startLists(form) {
  for (const list of form.querySelectorAll("[data-list]")) {
    const items = list.querySelector("[data-items]");
    let next = items.children.length;
    list.querySelector("[data-add]").addEventListener("click", () => {
      const item = list.querySelector("template").content.cloneNode(true).firstElementChild;
      for (const one of item.querySelectorAll("[name], [id], label[for], [aria-describedby], [list]")) {
        for (const name of ["name", "id", "for", "aria-describedby", "list"]) {
          const value = one.getAttribute(name);
          if (value) one.setAttribute(name, value.replace("#", next).replace("-N-", `-${next}-`));
        }
      }
      next += 1;
      items.append(item);
      item.querySelector("select, input, textarea")?.focus();
    });
    list.addEventListener("click", (event) => {
      if (event.target.dataset.remove === undefined) return;
      event.target.closest("[data-item]").remove();
      list.querySelector("[data-add]").focus();
    });
  }
}
