/** Held to package.json by a law. */
export const version = '0.1.0';
