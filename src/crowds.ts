// Which records too many owners share for all of them to be read, told from who has something where.

/** Something that an owner has at a record. */
export type Holding = { record: string; owner: string };

/**
 * @param held of owners who are not read anyway, each record and owner once
 * @param most so many others may share a record
 * @returns who is to be read as well, and the records at which there are more
 */
export function crowdsOf(held: readonly Holding[], most: number): { others: string[]; crowded: string[] } {
  const atRecord = Map.groupBy(held, ({ record }) => record);
  const crowded = [...atRecord].filter(([, holdings]) => holdings.length > most).map(([record]) => record);
  const full = new Set(crowded);
  const others = new Set(held.filter(({ record }) => !full.has(record)).map(({ owner }) => owner));
  return { others: [...others], crowded };
}
