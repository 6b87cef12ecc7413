import { compareDigits, type Order, orderOf } from './order.ts';

interface Moment {
  /** From 0000-03-01T00:00:00Z, leap seconds counted as the next minute's first. */
  readonly seconds: number;
  /** Digits behind the point, without zeros at the end. */
  readonly fraction: string;
}

const shape = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const [minute, hour, day] = [60, 3600, 86_400];

/** RFC 3339 §5.6, compared by the instant it names. */
function parse(text: string): Moment | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [year, month, date, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (month < 1 || month > 12 || date < 1 || date > daysOf(year, month) || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (offsetHours * hour + offsetMinutes * minute) * (match[8] === '-' ? -1 : 1);
  return { seconds: days(year, month, date) * day + hours * hour + minutes * minute + seconds - offset, fraction: match[7] ?? '' };
}

export const datetime: Order = orderOf(parse, (a, b) => a.seconds - b.seconds || compareFractions(a.fraction, b.fraction));

function compareFractions(a: string, b: string): number {
  const width = Math.max(a.length, b.length);
  return compareDigits(a.padEnd(width, '0'), b.padEnd(width, '0'));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Of the proleptic Gregorian calendar. A year is counted from March, so that a leap day comes last. */
function days(year: number, month: number, date: number): number {
  const years = month < 3 ? year - 1 : year;
  const months = (month + 9) % 12;
  return (
    years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + Math.floor((months * 153 + 2) / 5) + date
  );
}
