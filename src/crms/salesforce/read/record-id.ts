// Salesforce's ids in their full length, checked: one record has one id here, and nothing else gets into a query.

const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The last three characters say which of the fifteen before are capitals; an id in another case would name the same record. */
function isChecked(id: string): boolean {
  return [0, 5, 10].every((start, place) => {
    const bits = [0, 1, 2, 3, 4].reduce(
      (sum, offset) => sum + (/[A-Z]/.test(id.charAt(start + offset)) ? 2 ** offset : 0),
      0,
    );
    return CHECK[bits] === id.charAt(15 + place);
  });
}

export const isRecordId = (text: string): boolean => /^[a-zA-Z0-9]{18}$/.test(text) && isChecked(text);

/** An id of objects with this key prefix, such as `005` for users. */
export const isIdOf = (prefix: string, text: string): boolean => text.startsWith(prefix) && isRecordId(text);
