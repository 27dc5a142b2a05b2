// Reads values that came from outside into types that cannot be wrong, and says where a value is not what was wanted.

/** This is thrown when a value has another shape than the protocol says; `place` is the path to it. */
export class Malformed extends Error {
  constructor(wanted: string, found: unknown, place: string) {
    super(`wanted ${wanted}, found ${found === null ? "null" : typeof found}, at ${place || "the top"}`);
  }
}

/** This reads one value of a shape, or throws `Malformed`. */
export type Shape<T> = (value: unknown, place: string) => T;

/** This is what a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

export const text: Shape<string> = (value, place) => {
  if (typeof value === "string") return value;
  throw new Malformed("text", value, place);
};

export const number: Shape<number> = (value, place) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Malformed("a number", value, place);
};

export const truth: Shape<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw new Malformed("true or false", value, place);
};

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value, place) => {
    const word = words.find((known) => known === value);
    if (word !== undefined) return word;
    throw new Malformed(`one of ${words.join(" ")}`, value, place);
  };
}

/** This takes an absent field for `null`. */
export function maybe<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null || value === undefined ? null : shape(value, place));
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new Malformed("a list", value, place);
    return value.map((item: unknown, index) => shape(item, `${place}[${index}]`));
  };
}

export function map<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return (value, place) => {
    const read: Record<string, T> = {};
    for (const [key, item] of Object.entries(fields(value, place))) read[key] = shape(item, `${place}.${key}`);
    return read;
  };
}

export function object<F extends Record<string, Shape<unknown>>>(
  shapes: F,
): Shape<{ [K in keyof F]: Read<F[K]> }> {
  return (value, place) => {
    const given = fields(value, place);
    const read: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(shapes)) read[key] = shape(given[key], place ? `${place}.${key}` : key);
    return read as { [K in keyof F]: Read<F[K]> };
  };
}

/** This reads one message by its `type`; `null` stands for a type that this page does not know. */
export function message<F extends Record<string, Shape<object>>>(
  shapes: F,
): (frame: string) => { [K in keyof F]: { type: K } & Read<F[K]> }[keyof F] | null {
  type Message = { [K in keyof F]: { type: K } & Read<F[K]> }[keyof F];
  return (frame) => {
    const value: unknown = parse(frame);
    const type = text(fields(value, "")["type"], "type");
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    return shape === undefined ? null : ({ type, ...shape(value, "") } as Message);
  };
}

function parse(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    throw new Malformed("JSON", frame, "");
  }
}

function fields(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Malformed("an object", value, place);
}
