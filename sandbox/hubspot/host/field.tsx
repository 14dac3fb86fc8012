// The frame of every input: label, hint and message tied to the control, and a draft that survives late answers.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

export type FieldProps = {
  label?: string;
  name?: string;
  required?: boolean;
  readOnly?: boolean;
  description?: string;
  tooltip?: string;
  placeholder?: string;
  error?: boolean;
  validationMessage?: string;
  testId?: string;
};

/** Attributes that tie a control to its label and messages. */
export type ControlIds = {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
  'aria-required': boolean | undefined;
};

export function Field(props: FieldProps & { children: (ids: ControlIds) => ReactNode }) {
  const { label, required, description, tooltip, error, validationMessage, children } = props;
  const id = useId();
  const hints = [description && `${id}-hint`, validationMessage && `${id}-note`].filter(Boolean).join(' ');
  const ids: ControlIds = {
    id,
    'aria-describedby': hints || undefined,
    'aria-invalid': error || undefined,
    'aria-required': required || undefined,
  };
  return (
    <div className={error ? 'field invalid' : 'field'}>
      <label htmlFor={id} title={tooltip}>
        {label}
        {required && <RequiredMark />}
      </label>
      {children(ids)}
      <Messages id={id} {...props} />
    </div>
  );
}

export const RequiredMark = () => (
  <span className="required" aria-hidden="true">
    {' *'}
  </span>
);

const Messages = ({ id, description, validationMessage, error }: FieldProps & { id: string }) => (
  <>
    {description && (
      <small id={`${id}-hint`} className="hint">
        {description}
      </small>
    )}
    {validationMessage && (
      <small id={`${id}-note`} className={error ? 'note bad' : 'note good'}>
        {validationMessage}
      </small>
    )}
  </>
);

/**
 * What is in a control while somebody types. The card answers a moment later with values it was sent before;
 * those echoes must not overwrite newer typing, while a value the card decided itself must.
 */
export function useDraft<T>(
  value: T | undefined,
  initial: T,
): { draft: T; edit: (next: T) => void; sent: (next: T) => void } {
  const [draft, setDraft] = useState<T>(value ?? initial);
  const echoes = useRef<string[]>([]);
  const text = JSON.stringify(value);
  const before = useRef(text);
  useEffect(() => {
    const wasSet = before.current !== undefined;
    before.current = text;
    if (value === undefined) {
      if (wasSet) setDraft(initial);
      return;
    }
    const echo = echoes.current.indexOf(text);
    echoes.current = echo < 0 ? [] : echoes.current.slice(echo + 1);
    if (echo < 0) setDraft(value);
  }, [text]);
  return { draft, edit: setDraft, sent: (next) => void echoes.current.push(JSON.stringify(next)) };
}
