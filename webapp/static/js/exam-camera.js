// @ts-check
/**
 * Camera pictures of an exam whose contestant agreed. The camera is on for a moment only. Whatever fails
 * here is told to the server and otherwise swallowed: nothing may stand in the way of writing the exam.
 */

const WIDTH = 480;
const MOST_BYTES = 60_000;
const QUALITIES = [0.6, 0.4, 0.2];
const AGAIN_S = 60;
const WARM_UP_MS = 800;

const home = document.getElementById("exam-camera");
if (home) void begin(home);

/** @param {HTMLElement} place */
async function begin(place) {
  await photo().catch(() => null); // the browser asks for its permission now, not in the middle of a question
  plan(place, Number(place.dataset.number), Number(place.dataset.in));
}

/**
 * @param {HTMLElement} place
 * @param {number} number
 * @param {number} seconds
 */
function plan(place, number, seconds) {
  if (number >= 0) setTimeout(() => void take(place, number), seconds * 1000);
}

/**
 * @param {HTMLElement} place
 * @param {number} number
 */
async function take(place, number) {
  const picture = await photo().catch(() => null);
  const token = document.querySelector("#exam [name=csrf_token]");
  const body = new FormData();
  body.set("number", String(number));
  if (picture) body.set("picture", picture, "picture.jpg");
  try {
    const response = await fetch(place.dataset.url ?? "", {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" },
      body,
    });
    if (!response.ok) return;
    const next = await response.json();
    plan(place, next.number, next.in_s);
  } catch {
    plan(place, number, AGAIN_S);
  }
}

/** One picture as a small JPEG. @returns {Promise<Blob | null>} */
async function photo() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: WIDTH } });
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / Math.max(1, video.videoWidth));
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const made = await jpeg(canvas, quality);
      if (made && made.size <= MOST_BYTES) return made;
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<Blob | null>}
 */
function jpeg(canvas, quality) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
