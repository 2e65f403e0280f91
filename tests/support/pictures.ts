const PNG_START = Buffer.from("89504e470d0a1a0a", "hex");
const PNG_END = Buffer.from("0000000049454e44ae426082", "hex");

/** A picture of so many bytes that begins and ends as one of its kind does; it shows nothing. */
export function wholePicture(ending: "jpg" | "png" | "webp", bytes: number): Buffer {
  const picture = Buffer.alloc(bytes, "picture");
  switch (ending) {
    case "png":
      PNG_START.copy(picture);
      PNG_END.copy(picture, bytes - PNG_END.length);
      return picture;
    case "jpg":
      picture.write("ffd8ff", "hex");
      picture.write("ffd9", bytes - 2, "hex");
      return picture;
    case "webp":
      picture.write("RIFF....WEBP", "latin1");
      picture.writeUInt32LE(bytes - 8, 4);
      return picture;
  }
}
