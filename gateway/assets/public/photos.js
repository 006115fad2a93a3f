// Photos as phones take them are larger than any reader needs: they are made smaller before they travel, which
// also turns formats that only this browser knows into JPEG. What can't be drawn is sent as it is.

const LONGEST_SIDE = 2200;
const SMALL_ENOUGH = 1_200_000;
const SENT_AS_THEY_ARE = ["image/jpeg", "image/png"];

export async function lighten(file) {
  if (!file.type.startsWith("image/")) return file;
  if (SENT_AS_THEY_ARE.includes(file.type) && file.size <= SMALL_ENOUGH) return file;
  try {
    const lighter = await redrawn(file);
    return lighter.size < file.size || !SENT_AS_THEY_ARE.includes(file.type) ? lighter : file;
  } catch {
    return file; // the service says what is wrong with it, by name
  }
}

async function redrawn(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
  if (!blob) throw new Error("not drawn");
  return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
}
