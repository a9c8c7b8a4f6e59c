// Moves focus to what matters after a form was sent; without script the page is the same, read from the top.
document.querySelector("#fel, #kvitto")?.focus();
