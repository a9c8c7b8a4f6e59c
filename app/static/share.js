// Shares the hatch: with the share sheet where there is one, else by copying its address. Without either, no button.
const button = document.querySelector("#dela");
if (button && (navigator.share || navigator.clipboard)) {
  if (!navigator.share) button.textContent = button.dataset.copy;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.querySelector("#delad");
    const url = document.querySelector("link[rel=canonical]").href;
    try {
      if (navigator.share) await navigator.share({ title: document.querySelector("h1").textContent, url });
      else {
        await navigator.clipboard.writeText(url);
        status.textContent = button.dataset.done;
      }
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = button.dataset.failed;
    }
  });
}
