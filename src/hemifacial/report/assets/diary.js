"use strict";
/* The diary: days in memory, one file out, the same file in again. Nothing is sent. */
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const days = new Map(); // by day, as they stand in the file
  const KEYS = ["day", "spasm_count", "spasm_level", "triggers", "sleep_minutes", "spasm_in_sleep", "side_effects", "note"];
  let saved = true;

  const TABLE = Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });

  function crc32(text) {
    let value = 0xffffffff;
    for (const byte of new TextEncoder().encode(text)) value = (value >>> 8) ^ TABLE[(value ^ byte) & 255];
    return ((value ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  }

  /* Keys in order, no blanks: the text that the check is made of, and that the file holds. */
  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }

  /* Half a character, which some keyboards leave behind, cannot be written. */
  const whole = (text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "");
  const pad = (number) => String(number).padStart(2, "0");
  function today() {
    const now = new Date();
    return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  }

  function say(text, bad = false) {
    byId("status").textContent = text;
    byId("status").classList.toggle("bad", bad);
  }

  const isDay = (text) => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text)
    && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
  const isCount = (value, most) => value === null || (Number.isInteger(value) && value >= 0 && value <= most);
  const areWords = (value, which) => Array.isArray(value) && new Set(value).size === value.length
    && value.every((word) => page.words[which].includes(word));

  /* What is wrong with a day, or nothing. */
  function fault(one) {
    const most = page.limits;
    if (!isDay(one.day)) return "Choose the day first.";
    if (one.day > today()) return "This day has not come yet.";
    if (!isCount(one.spasm_count, most.spasm_count_most)) return `The number of spasms is a whole number up to ${most.spasm_count_most}.`;
    if (!isCount(one.spasm_level, most.level_most)) return "How bad it was is a number from 0 to 10.";
    if (!isCount(one.sleep_minutes, most.sleep_minutes_most)) return "A day has 24 hours of sleep at most; write hours and minutes as whole numbers.";
    if (![true, false, null].includes(one.spasm_in_sleep)) return "Spasm in your sleep is yes, no, or not known.";
    if (!areWords(one.triggers, "trigger") || !areWords(one.side_effects, "side_effect")) return "A choice is not known to this page.";
    if (typeof one.note !== "string" || [...one.note].length > most.note_most) return `The note has more than ${most.note_most} letters.`;
    return "";
  }

  const checkedOf = (name) => [...document.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);
  function numberIn(id) {
    const field = byId(id);
    if (field.validity.badInput) return Number.NaN;
    return field.value.trim() === "" ? null : Number(field.value);
  }

  function readForm() {
    const hours = numberIn("hours");
    const minutes = numberIn("minutes");
    const [level] = checkedOf("level");
    const [asleep] = checkedOf("asleep");
    return {
      day: byId("day").value,
      spasm_count: numberIn("count"),
      spasm_level: level ? Number(level) : null,
      triggers: checkedOf("trigger"),
      sleep_minutes: hours === null && minutes === null ? null : 60 * (hours ?? 0) + (minutes ?? 0),
      spasm_in_sleep: asleep ? asleep === "yes" : null,
      side_effects: checkedOf("side_effect"),
      note: whole(byId("note").value.trim()),
    };
  }

  function fillForm(day) {
    const one = days.get(day) ?? { spasm_count: null, spasm_level: null, triggers: [], sleep_minutes: null, spasm_in_sleep: null, side_effects: [], note: "" };
    byId("day").value = day;
    byId("count").value = one.spasm_count ?? "";
    byId("hours").value = one.sleep_minutes === null ? "" : Math.floor(one.sleep_minutes / 60);
    byId("minutes").value = one.sleep_minutes === null ? "" : one.sleep_minutes % 60;
    byId("note").value = one.note;
    const level = one.spasm_level === null ? "" : String(one.spasm_level);
    const asleep = { true: "yes", false: "no", null: "" }[one.spasm_in_sleep];
    for (const [name, value] of [["level", level], ["asleep", asleep]]) {
      for (const choice of document.querySelectorAll(`[name="${name}"]`)) choice.checked = choice.value === value;
    }
    for (const [name, values] of [["trigger", one.triggers], ["side_effect", one.side_effects]]) {
      for (const choice of document.querySelectorAll(`[name="${name}"]`)) choice.checked = values.includes(choice.value);
    }
    byId("drop").hidden = !days.has(day);
  }

  function inShort(one) {
    const said = [];
    if (one.spasm_count !== null) said.push(`${one.spasm_count} spasms`);
    if (one.spasm_level !== null) said.push(`${one.spasm_level} of ${page.limits.level_most}`);
    if (one.side_effects.length) said.push(`${one.side_effects.length} noticed`);
    return said.join(", ") || "kept";
  }

  function list() {
    const sorted = [...days.keys()].sort();
    byId("days").replaceChildren(...sorted.reverse().map((day) => {
      const item = document.createElement("li");
      const words = document.createElement("span");
      words.textContent = `${day}: ${inShort(days.get(day))}`;
      const change = document.createElement("button");
      change.type = "button";
      change.textContent = "Change";
      change.setAttribute("aria-label", `Change ${day}`);
      change.addEventListener("click", () => {
        fillForm(day);
        say(`You are changing ${day}.`);
        byId("day").focus();
      });
      item.append(words, change);
      return item;
    }));
    byId("none").hidden = days.size > 0;
    byId("save").disabled = days.size === 0;
  }

  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const one = readForm();
    let wrong = fault(one);
    if (!wrong && !days.has(one.day) && days.size >= page.limits.days_most) wrong = "This diary is full. Save it, and begin a new one.";
    if (wrong) {
      say(wrong, true);
      return;
    }
    days.set(one.day, one);
    saved = false;
    list();
    fillForm(one.day);
    say(`${one.day} is kept. Not saved yet: press Save my diary.`);
  });

  byId("drop").addEventListener("click", () => {
    const day = byId("day").value;
    days.delete(day);
    saved = false;
    list();
    fillForm(day);
    say(`${day} was removed.`);
  });

  byId("day").addEventListener("change", () => {
    if (days.has(byId("day").value)) fillForm(byId("day").value);
    else byId("drop").hidden = true;
  });

  function fileText() {
    const body = {
      format: page.format,
      version: page.version,
      patient: page.patient,
      written_on: today(),
      days: [...days.keys()].sort().map((day) => days.get(day)),
    };
    return canonical({ ...body, check: crc32(canonical(body)) });
  }

  byId("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([fileText()], { type: "application/json" }));
    link.download = `diary-${page.patient}-${today()}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
    saved = true;
    say("Saved. Keep the file: you go on with it next time.");
  });

  /* The days of a file, or why it is not taken. */
  function daysOf(text) {
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      return "This file is no diary, or it was cut off.";
    }
    if (body === null || typeof body !== "object" || body.format !== page.format || !Array.isArray(body.days)) return "This file is no diary.";
    if (body.version !== page.version) return "This diary is of another version. Ask the clinic for a new page.";
    if (body.patient !== page.patient) return "This diary belongs to somebody else.";
    const { check, ...rest } = body;
    if (check !== crc32(canonical(rest))) return "This file was damaged or changed.";
    const good = body.days.every((one) => one !== null && typeof one === "object"
      && canonical(Object.keys(one).sort()) === canonical([...KEYS].sort()) && fault(one) === "");
    return good ? body.days : "This file holds a day that cannot be read.";
  }

  byId("open").addEventListener("change", async () => {
    const [file] = byId("open").files;
    if (!file) return;
    if (file.size > page.limits.file_bytes_most) {
      say("This file is too large for a diary.", true);
      return;
    }
    const found = daysOf((await file.text()).replace(/^\ufeff/, ""));
    byId("open").value = "";
    if (typeof found === "string") {
      say(found, true);
      return;
    }
    const both = found.filter((one) => days.has(one.day)).length;
    for (const one of found) if (!days.has(one.day)) days.set(one.day, one);
    list();
    fillForm(byId("day").value);
    say(`${found.length} days were opened.${both ? ` ${both} of them you had filled in here: those were kept as they are here.` : ""}`);
  });

  window.addEventListener("beforeunload", (event) => {
    if (!saved) event.preventDefault();
  });
  byId("who").textContent = page.patient;
  fillForm(today());
  list();
})();
