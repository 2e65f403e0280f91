/** Random numbers and ids; nothing about them has to be hard to guess. */

const BASE64_URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A whole number from 0 to below `limit`. */
export const randomInteger = (limit: number) => Math.floor(Math.random() * limit);

/** A number with this many hexadecimal digits. */
export const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** A UUID of version 4. */
export function randomUuid(): string {
  const part = (digits: number) => hex(randomInteger(16 ** digits), digits);
  return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`;
}

/** An id of 16 bytes in base64url, as clients of the API make them up. */
export function randomBase64Url(): string {
  return Array.from({ length: 22 }, () => BASE64_URL[randomInteger(64)]).join("");
}
