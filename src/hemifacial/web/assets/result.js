/* Corrections that a person saves in the report come here and are entered. */
import { goOn, send, showProblem } from "./sending.js";

const frame = document.getElementById("report");
if (frame) {
  window.addEventListener("message", async (event) => {
    if (event.source !== frame.contentWindow || typeof event.data?.review !== "string") return;
    const told = document.getElementById("told");
    told.textContent = "The findings are computed again.";
    try {
      const { go } = await send(frame.dataset.review, { review: JSON.parse(event.data.review) });
      goOn(go);
    } catch (problem) {
      told.textContent = "";
      showProblem(document.querySelector("main"), problem);
    }
  });
}
