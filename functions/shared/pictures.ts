/** Kinds of pictures by the ending of their name. */
export const PICTURE_TYPES = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
type Ending = keyof typeof PICTURE_TYPES;

/** A name that can be no path: one dot, no separator, nothing that a file system treats specially. */
export const ARTWORK_NAME = /^[a-z0-9-]{1,24}\.(jpg|png|webp)$/;

/** Folder of the shared files that pictures are in. */
export const ARTWORK_FOLDER = "artwork";

/** Bytes of one picture. */
export const MAX_ARTWORK_BYTES = 2 * 1024 * 1024;

/** The ending of a picture's name, which says of what kind it is. */
export function pictureEnding(name: string): Ending {
  return name.slice(name.lastIndexOf(".") + 1) as Ending;
}

/** First bytes of a PNG, and its last chunk: IEND, without content, with its checksum. */
const PNG = { start: "89504e470d0a1a0a", end: "0000000049454e44ae426082" } as const;
const JPEG = { start: "ffd8ff", end: "ffd9" } as const;

/**
 * Whether a picture begins and ends as one of its kind does: one that was cut off, or whose pages were lost, does not.
 * What is in between nobody looks at; that is the business of whoever shows it.
 */
export function isWholePicture(name: string, content: Buffer): boolean {
  switch (pictureEnding(name)) {
    case "png":
      return isBetween(content, PNG);
    case "jpg":
      return isBetween(content, JPEG);
    case "webp":
      // It says how long it is.
      return (
        content.length > 12 &&
        content.toString("latin1", 0, 4) === "RIFF" &&
        content.toString("latin1", 8, 12) === "WEBP" &&
        content.readUInt32LE(4) === content.length - 8
      );
  }
}

function isBetween(
  content: Buffer,
  { start, end }: { readonly start: string; readonly end: string },
): boolean {
  return (
    content.length > (start.length + end.length) / 2 &&
    content.toString("hex", 0, start.length / 2) === start &&
    content.toString("hex", content.length - end.length / 2) === end
  );
}
