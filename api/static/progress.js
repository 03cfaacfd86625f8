// Shows the news of a solve as they come; without this script the page reloads itself every few seconds.
const box = document.getElementById("progress");
if (box) {
  const put = (id, text) => { document.getElementById(id).textContent = text; };
  const source = new EventSource(box.dataset.events);
  source.addEventListener("message", (event) => {
    const news = JSON.parse(event.data);
    const bar = document.getElementById("bar");
    if (news.share !== null) bar.value = news.share;
    put("message", news.message);
    put("seconds", Math.round(news.seconds));
  });
  source.addEventListener("end", () => { source.close(); location.reload(); });
}
