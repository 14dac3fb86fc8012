// How far an import is, in words.

export type ImportInput = {
  done: number;
  total: number | null;
  secondsLeft?: number | null;
  paused?: boolean;
  halted?: boolean;
};

export function importWord({ paused = false, halted = false }: ImportInput): string {
  if (paused) return 'Paused';
  return halted ? 'Waiting for the gateway' : 'Reading history';
}

/** Counts are estimates but for what is done. */
export function importText(input: ImportInput): string {
  const { done, total, secondsLeft = null, paused = false, halted = false } = input;
  const count = done.toLocaleString('en-US');
  const of = total === null || total < done ? '' : ` of about ${total.toLocaleString('en-US')}`;
  if (paused) return `Reading history is paused: ${count}${of} objects so far`;
  if (halted)
    return `Reading history waits for the payment gateway, which is asked again: ${count}${of} objects so far`;
  const left = secondsLeft === null ? '' : `, ${leftText(secondsLeft)}`;
  return `Reading history: ${count}${of} objects so far${left}`;
}

const leftText = (seconds: number): string => {
  if (seconds < 60) return 'less than a minute left';
  const [value, unit] = seconds < 5_400 ? [seconds / 60, 'minute'] : [seconds / 3_600, 'hour'];
  const rounded = Math.round(value as number);
  return `about ${rounded} ${unit}${rounded === 1 ? '' : 's'} left`;
};
