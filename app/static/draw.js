// Follows the draw while something comes by itself; without script the page is loaded anew once a minute.
const status = document.querySelector("#foljer");
// A quarter of an hour: a page that is left open does not keep a sign-in for ever.
let turns = 30;

async function follow() {
  const acts = document.querySelector(".acts");
  const isTouched = [...acts.querySelectorAll("textarea, input:not([type=hidden])")].some((each) => each.value)
    || acts.contains(document.activeElement) || acts.querySelector("details[open]");
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.redirected || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(".acts");
    if (isTouched) {
      // What is being filled in stays; its token changes with every page, so the headings are compared.
      const told = (list) => [...list.querySelectorAll("li.is-done")].length;
      if (told(now) !== told(acts)) status.textContent = "Något har hänt. Ladda om sidan när du är klar med det du skriver.";
    } else if (now.textContent !== acts.textContent) {
      acts.replaceWith(now);
      status.textContent = "Sidan har uppdaterats.";
    }
    if (!("waits" in now.dataset)) return;
  } catch {
    // Without a connection it is tried again.
  }
  if (--turns) setTimeout(follow, 30000);
  else status.textContent = "Sidan uppdaterar sig inte längre. Ladda om den för att se vad som har hänt.";
}

setTimeout(follow, 30000);
