/* Who signs. */
import { send } from "./sending.js";

const choice = document.getElementById("profile");
choice?.addEventListener("change", async () => {
  const told = document.getElementById("told");
  if (!choice.value) return;
  try {
    await send("/signer", { profile: choice.value });
    const name = choice.selectedOptions[0].textContent;
    choice.querySelector('option[value=""]')?.remove();
    for (const place of document.querySelectorAll("[data-signer]")) place.textContent = name;
    told.textContent = `${name} signs from now on.`;
  } catch (problem) {
    told.textContent = `${problem.message} ${problem.nextStep ?? ""}`;
  }
});
document.getElementById("signer")?.addEventListener("submit", (event) => event.preventDefault());
