import { z } from "zod";

import {
  ARTWORK_NAME,
  isWholePicture,
  MAX_ARTWORK_BYTES,
  PICTURE_TYPES,
  pictureEnding,
} from "../../functions/shared/pictures";
import type { Artwork } from "../artwork";
import { Failure, notHere } from "../failures";
import { checked, type Route } from "../http/routes";

const parameters = z.object({
  name: z.string().regex(ARTWORK_NAME, "a title's id with .jpg, .png or .webp"),
});

/** Reads and replaces pictures of titles, where there are shared files. */
export function artworkRoutes(artwork: Artwork | undefined): Route[] {
  const template = "/v1/artwork/{name}";
  return [
    {
      method: "GET",
      template,
      handle: async (request) => {
        const { name } = checked(parameters, request.parameters);
        if (artwork === undefined) throw notHere("Artwork");
        return { status: 200, bytes: await artwork.read(name), mediaType: mediaTypeOf(name) };
      },
    },
    {
      method: "PUT",
      template,
      maxBodyBytes: MAX_ARTWORK_BYTES,
      handle: async (request) => {
        const { name } = checked(parameters, request.parameters);
        const mediaType = mediaTypeOf(name);
        if (request.mediaType !== mediaType) throw new Failure(415, `The body has to be ${mediaType}.`);
        if (request.body.length === 0) throw new Failure(400, "The body is empty.");
        // What is not whole in a backup was whole before.
        if (!isWholePicture(name, request.body)) throw new Failure(400, `The body is no whole ${mediaType}.`);
        if (artwork === undefined) throw notHere("Artwork");
        await artwork.write(name, request.body);
        return { status: 201, json: { bytes: request.body.length } };
      },
    },
  ];
}

function mediaTypeOf(name: string): string {
  return PICTURE_TYPES[pictureEnding(name)];
}
