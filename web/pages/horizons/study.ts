import type { Ends, Horizon } from './own.ts';

export interface Study {
  readonly models: readonly Horizon[];
  readonly trend: {
    readonly doublingTimeDays: number | null;
    /** Of all draws, those too in which a model of the frontier had no horizon. */
    readonly interval: Ends | null;
    /** Slope of the natural logarithm of the p50s on the frontier. */
    readonly perDay: number | null;
    readonly because: string | null;
  };
  readonly runs: number;
  readonly draws: number;
}

const modelsMost = 200;
type Json = Readonly<Record<string, unknown>>;

class Unread extends Error {}
const object = (given: unknown, at: string): Json => {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Json;
  throw new Unread(`${at} is no object`);
};
const count = (given: unknown, at: string): number => {
  if (typeof given === 'number' && Number.isFinite(given) && given >= 0) return given;
  throw new Unread(`${at} is no number`);
};
const slope = (given: unknown, at: string): number => {
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  throw new Unread(`${at} is no number`);
};
const orNull = <T>(given: unknown, at: string, read: (given: unknown, at: string) => T): T | null =>
  given === null || given === undefined ? null : read(given, at);
const text = (given: unknown, at: string): string => {
  if (typeof given === 'string') return given.slice(0, 400).replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, '\ufffd');
  throw new Unread(`${at} is no text`);
};
const day = (given: unknown, at: string): string => {
  const read = text(given, at);
  if (/^\d{4}-\d{2}-\d{2}$/.test(read) && !Number.isNaN(Date.parse(read))) return read;
  throw new Unread(`${at} is no day`);
};
const ends = (given: unknown, at: string): Ends => {
  if (!Array.isArray(given) || given.length !== 2) throw new Unread(`${at} is no interval`);
  return [orNull(given[0], at, count), orNull(given[1], at, count)];
};

/** What `breakwater estimates horizons … --json` prints, from a file that may be anybody's; a sentence where it is something else. */
export function readStudy(json: string): Study | string {
  try {
    const given = object(JSON.parse(json), 'the file');
    if (!Array.isArray(given.models) || given.models.length > modelsMost) throw new Unread(`models is no list of at most ${modelsMost}`);
    const trend = object(given.trend, 'trend');
    return {
      models: given.models.map((model, i) => modelOf(object(model, `models ${i}`), i)),
      trend: {
        doublingTimeDays: orNull(trend.doublingTimeDays, 'doublingTimeDays', count),
        interval: orNull(trend.cautiousInterval, 'cautiousInterval of the trend', ends),
        perDay: orNull(trend.perDay, 'perDay', slope),
        because: orNull(trend.because, 'because', text),
      },
      runs: count(given.runs, 'runs'),
      draws: count(given.draws, 'draws'),
    };
  } catch (error) {
    return error instanceof Unread ? error.message : 'it is not JSON';
  }
}

function modelOf(of: Json, i: number): Horizon {
  const at = (name: string) => `${name} of model ${i + 1}`;
  return {
    id: `study ${i}`,
    model: text(of.model, at('model')),
    on: orNull(of.releasedOn, at('releasedOn'), day),
    p50: { minutes: orNull(of.p50, at('p50'), count), interval: orNull(of.cautiousInterval, at('cautiousInterval'), ends) },
    p80: { minutes: orNull(of.p80, at('p80'), count), interval: orNull(of.p80CautiousInterval, at('p80CautiousInterval'), ends) },
    tasks: count(of.tasks, at('tasks')),
    runs: count(of.runs, at('runs')),
    because: orNull(of.because, at('because'), text),
    onFrontier: of.onFrontier === true,
  };
}
