// A passkey is asked for by the browser; the answer goes into the form around the button, which is then sent as usual.
for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.isSecureContext || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  const { passkey, credential, challenge } = place.dataset;
  const status = place.querySelector("[role=status]");
  place.hidden = place.closest("form").hidden = false;
  document.querySelector(".no-passkeys")?.remove();
  place.querySelector("button").addEventListener("click", async () => {
    status.textContent = "";
    try {
      const asked = await (await fetch(passkey)).json();
      if (asked.fault) throw new Error(asked.fault);
      const made = "user" in asked.options;
      const read = made ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
      const publicKey = PublicKeyCredential[read](asked.options);
      const answer = await navigator.credentials[made ? "create" : "get"]({ publicKey });
      const form = place.closest("form");
      form.elements[credential].value = JSON.stringify(answer);
      form.elements[challenge].value = asked.challenge;
      form.submit();
    } catch (error) {
      status.textContent = error.name === "Error" ? error.message : "Det blev ingen passkey. Försök igen när du vill.";
    }
  });
}
