import { epochMs, parseInstant } from '../../../base/instant.ts';

const rfc3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 with their fraction; undefined where a text is no date-time of RFC 3339. Leap seconds are none here. */
export function momentOf(text: unknown): number | undefined {
  const parts = typeof text === 'string' && text.length <= 64 ? rfc3339.exec(text) : null;
  if (!parts || !realDay(parts[1]!)) return undefined;
  const instant = parseInstant(parts[1]! + parts[3]!);
  return instant === undefined ? undefined : epochMs(instant) + Number(`0${parts[2] ?? ''}`) * 1000;
}

/** CSAF 2.1, "Date and Time": T and Z in upper case, an offset, no leap second. */
export function isDateTime21(text: string): boolean {
  return !/[tz]/.test(text) && momentOf(text) !== undefined;
}

/** CSAF 2.0 takes the date-time of JSON Schema, which is RFC 3339's with its leap seconds. */
export function isDateTime20(text: string): boolean {
  return momentOf(text.replace(/^(.{11}23:59:)60/, '$159').replace(/^(.{17})60/, '$159')) !== undefined;
}

/** Of a date-time that has the form: whether there is such a day, and such an hour in it. */
export function realDay(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  const hour = Number(text.slice(11, 13));
  return days !== undefined && day >= 1 && day <= days && hour <= 23;
}
