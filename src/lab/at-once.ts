/** What `work` makes of each item, in the items' order, with at most `most` under way. After one fails no other is begun. */
export async function atOnce<T, R>(items: readonly T[], most: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const hand = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (cause) {
        next = items.length;
        throw cause;
      }
    }
  };
  const hands = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, hand));
  const failed = hands.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}
