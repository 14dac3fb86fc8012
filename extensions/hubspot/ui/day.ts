// Calendar days: HubSpot's date input counts months from 0, the connector takes YYYY-MM-DD.

export type InputDay = { year: number; month: number; date: number };

const two = (value: number): string => String(value).padStart(2, '0');

export function dayText({ year, month, date }: InputDay): string {
  return `${String(year).padStart(4, '0')}-${two(month + 1)}-${two(date)}`;
}

/** null when the text is not YYYY-MM-DD. */
export function inputDay(text: string): InputDay | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts && { year: Number(parts[1]), month: Number(parts[2]) - 1, date: Number(parts[3]) };
}
