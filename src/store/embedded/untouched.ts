// Whether a file is as it was when it was last known to be sound: a note beside it says how it looked then.
import { readFileSync, statSync, writeFileSync } from 'node:fs';

/** Whatever writes, cuts, copies or replaces a file changes one of these; nobody can set the change time. */
function lookOf(file: string): string {
  const { ino, size, ctimeNs } = statSync(file, { bigint: true });
  return `${ino} ${size} ${ctimeNs}\n`;
}

const noteOf = (file: string): string => `${file}-sound`;

export function isUntouched(file: string): boolean {
  try {
    return readFileSync(noteOf(file), 'utf8') === lookOf(file);
  } catch {
    return false;
  }
}

/** @returns what writes down how the file looks now, to be called whenever we may have written it, and it is sound */
export function createNote(file: string): () => void {
  let noted = '';
  return () => {
    try {
      const look = lookOf(file);
      if (look === noted) return;
      writeFileSync(noteOf(file), look);
      noted = look;
    } catch {
      // A note that is not written costs a check at the next start; a full disk is told of by what has to be written.
    }
  };
}
