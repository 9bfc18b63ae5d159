// Reading the picture on an admission ticket with the camera or from a photo. Without BarcodeDetector
// nothing of this shows: the code is typed, or the phone's own camera opens the ticket's address.

/** @typedef {{ detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]> }} Detector */

const AGAIN_MS = 250;

const frame = document.getElementById("camera");
const view = /** @type {HTMLVideoElement | null} */ (document.getElementById("camera-view"));
const said = document.getElementById("camera-said");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("check-in"));

/** @param {string} text */
function take(text) {
  const field = form?.elements.namedItem("code");
  if (!form || !(field instanceof HTMLInputElement)) return;
  field.value = text;
  form.submit(); // the field is filled; old web views know no requestSubmit
}

/** @param {string | undefined} words */
function tell(words) {
  if (said) said.textContent = words ?? "";
}

/** @param {Detector} detector @param {MediaStream} stream */
async function look(detector, stream) {
  if (!view) return;
  const found = await detector.detect(view).catch(() => []);
  if (found.length) {
    for (const track of stream.getTracks()) track.stop();
    take(found[0].rawValue);
  } else {
    setTimeout(() => look(detector, stream), AGAIN_MS);
  }
}

/** @param {Detector} detector */
async function start(detector) {
  if (!view) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    await look(detector, stream);
  } catch {
    tell(frame?.dataset.refused);
  }
}

/** @param {Detector} detector @param {File} file */
async function read(detector, file) {
  const picture = await createImageBitmap(file).catch(() => null);
  const found = picture ? await detector.detect(picture).catch(() => []) : [];
  if (found.length) take(found[0].rawValue);
  else tell(frame?.dataset.none);
}

if ("BarcodeDetector" in window && frame) {
  const Made = /** @type {new (options: { formats: string[] }) => Detector} */ (
    /** @type {unknown} */ (Reflect.get(window, "BarcodeDetector"))
  );
  const detector = new Made({ formats: ["qr_code"] });
  frame.hidden = false;
  document.getElementById("camera-start")?.addEventListener("click", () => start(detector));
  document.getElementById("camera-picture")?.addEventListener("change", (event) => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : null;
    if (file) read(detector, file);
  });
}
