// The word "live" must not stand there while nothing comes.
document.addEventListener("htmx:sse:after:connection", () => mark(false));
document.addEventListener("htmx:sse:error", () => mark(true));

function mark(away) {
  document.getElementById("pulse").toggleAttribute("data-away", away);
}
