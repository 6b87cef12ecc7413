/** Minutes in the unit that people would say. */
export function length(minutes: number): string {
  const told = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2))));
  if (minutes === 0) return '0';
  if (minutes < 1) return `${told(minutes * 60)} s`;
  if (minutes < 90) return `${told(minutes)} min`;
  return minutes < 60 * 48 ? `${told(minutes / 60)} h` : `${told(minutes / 1440)} d`;
}
