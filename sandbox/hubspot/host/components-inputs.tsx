// HubSpot's text, number, currency, date, time and search inputs.
import { useRef, type ChangeEvent, type KeyboardEvent } from 'react';
import { Field, useDraft, type ControlIds, type FieldProps } from './field.tsx';

type Handlers<V> = {
  onChange?: (value: V) => void;
  onInput?: (value: V) => void;
  onBlur?: (value: V) => void;
  onFocus?: (value: V) => void;
};

type Valued<V> = FieldProps & Handlers<V> & { value?: V | null; defaultValue?: V | null };

/** How a value stands in the control, and how it is read back. */
type Form<V> = { write: (value: V) => string; read: (text: string) => V };

type Entry = HTMLInputElement | HTMLTextAreaElement;

/** HubSpot tells of each key by onInput, and of the finished value by onChange: on leaving and on Enter. */
function useEntry<V>(props: Valued<V>, { write, read }: Form<V>) {
  const { value, defaultValue } = props;
  const textOf = (given: V | null | undefined) =>
    given === null || given === undefined ? undefined : write(given);
  const { draft, edit, sent } = useDraft(textOf(value), textOf(defaultValue) ?? '');
  const told = useRef(draft);
  const echo = (text: string) => sent(textOf(read(text)) ?? '');
  const commit = () => {
    if (told.current === draft) return;
    told.current = draft;
    echo(draft);
    props.onChange?.(read(draft));
  };
  return {
    name: props.name,
    value: draft,
    placeholder: props.placeholder,
    readOnly: props.readOnly,
    'data-testid': props.testId,
    onChange: (event: ChangeEvent<Entry>) => {
      const text = event.target.value;
      edit(text);
      if (!props.onInput) return;
      echo(text);
      props.onInput(read(text));
    },
    onFocus: () => {
      told.current = draft;
      props.onFocus?.(read(draft));
    },
    onBlur: () => {
      commit();
      props.onBlur?.(read(draft));
    },
    onKeyDown: (event: KeyboardEvent<Entry>) => void (event.key === 'Enter' && commit()),
  };
}

const PLAIN: Form<string> = { write: (value) => value, read: (text) => text };

const NUMERIC: Form<number | undefined> = {
  write: (value) => (value === undefined ? '' : String(value)),
  read: (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)),
};

export function Input(props: Valued<string> & { type?: string }) {
  const entry = useEntry(props, PLAIN);
  const type = props.type === 'password' ? 'password' : 'text';
  return <Field {...props}>{(ids) => <input {...ids} {...entry} type={type} />}</Field>;
}

export function SearchInput(props: Valued<string>) {
  const entry = useEntry(props, PLAIN);
  return <Field {...props}>{(ids) => <input {...ids} {...entry} type="search" />}</Field>;
}

export function TextArea(
  props: Valued<string> & { rows?: number; maxLength?: number; resize?: 'both' | 'none' },
) {
  const { onKeyDown: _newLines, ...entry } = useEntry(props, PLAIN);
  const { rows = 3, maxLength, resize = 'both' } = props;
  return (
    <Field {...props}>
      {(ids) => <textarea {...ids} {...entry} rows={rows} maxLength={maxLength} style={{ resize }} />}
    </Field>
  );
}

type NumberProps = Valued<number | undefined> & { min?: number; max?: number; stepSize?: number };

const numberControl = (
  ids: ControlIds,
  entry: ReturnType<typeof useEntry<number | undefined>>,
  props: NumberProps,
) => (
  <input
    {...ids}
    {...entry}
    type="number"
    inputMode="decimal"
    step={props.stepSize ?? 'any'}
    min={props.min}
    max={props.max}
    data-number="true"
  />
);

export function NumberInput(props: NumberProps) {
  const entry = useEntry(props, NUMERIC);
  return <Field {...props}>{(ids) => numberControl(ids, entry, props)}</Field>;
}

export function CurrencyInput(props: NumberProps & { currency?: string }) {
  const entry = useEntry(props, NUMERIC);
  return (
    <Field {...props}>
      {(ids) => (
        <span className="with-currency">
          <span className="currency" aria-hidden="true">
            {props.currency ?? 'USD'}
          </span>
          {numberControl(ids, entry, props)}
        </span>
      )}
    </Field>
  );
}

/** Months count from 0, as in HubSpot's own date values. */
type DateValue = { year: number; month: number; date: number; formattedDate?: string };

const two = (value: number): string => String(value).padStart(2, '0');
const isoOf = ({ year, month, date }: DateValue): string => `${year}-${two(month + 1)}-${two(date)}`;

const DATE: Form<DateValue | undefined> = {
  write: (value) => (value ? isoOf(value) : ''),
  read: (text) => {
    const [year, month, date] = text.split('-').map(Number);
    if (!year || !month || !date) return undefined;
    return { year, month: month - 1, date, formattedDate: text };
  },
};

export function DateInput(props: Valued<DateValue | undefined> & { min?: DateValue; max?: DateValue }) {
  const entry = useEntry(props, DATE);
  const [min, max] = [props.min, props.max].map((bound) => bound && isoOf(bound));
  return <Field {...props}>{(ids) => <input {...ids} {...entry} type="date" min={min} max={max} />}</Field>;
}

type TimeValue = { hours: number; minutes: number };

const TIME: Form<TimeValue | undefined> = {
  write: (value) => (value ? `${two(value.hours)}:${two(value.minutes)}` : ''),
  read: (text) => {
    const [hours, minutes] = text.split(':').map(Number);
    return hours === undefined || minutes === undefined ? undefined : { hours, minutes };
  },
};

export function TimeInput(props: Valued<TimeValue | undefined>) {
  const entry = useEntry(props, TIME);
  return <Field {...props}>{(ids) => <input {...ids} {...entry} type="time" />}</Field>;
}
