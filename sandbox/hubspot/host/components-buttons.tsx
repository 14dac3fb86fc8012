// HubSpot's buttons, links, dropdowns and forms: what a person presses.
import {
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type FormEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { OverlayOf, useReactions, type Reactions } from './overlays.tsx';

type Reaction = (event: object, tools: Reactions) => void;
type Href = string | { url: string; external?: boolean };

type PressProps = {
  children?: ReactNode;
  overlay?: ReactNode;
  onClick?: Reaction;
  variant?: string;
  size?: string;
  type?: 'button' | 'reset' | 'submit';
  disabled?: boolean;
  href?: Href;
  testId?: string;
};

const SIZES: Record<string, string> = { 'extra-small': 'xs', small: 'sm', medium: 'md' };
const urlOf = (href: Href | undefined): string | undefined => (typeof href === 'string' ? href : href?.url);

/** Calls the card's handler, then opens the overlay that belongs to the pressed thing. */
function usePress({ onClick, overlay }: PressProps): {
  press: (event: MouseEvent) => void;
  extra: ReactNode;
} {
  const [id, setId] = useState<string>();
  const reactions = useReactions();
  const press = (event: MouseEvent) => {
    const { metaKey, ctrlKey, shiftKey } = event;
    onClick?.({ type: 'click', metaKey, ctrlKey, shiftKey }, reactions);
    if (id !== undefined) reactions.openModal(id);
  };
  return { press, extra: <OverlayOf overlay={overlay} found={setId} /> };
}

export function Button(props: PressProps & { loading?: boolean }) {
  const { children, variant = 'secondary', size = 'md', type = 'button', disabled, loading, testId } = props;
  const { press, extra } = usePress(props);
  const url = urlOf(props.href);
  const className = `btn ${variant} ${SIZES[size] ?? size}`;
  const link = url !== undefined && !disabled;
  return (
    <>
      {link ? (
        <a
          className={className}
          href={url}
          target="_blank"
          rel="noreferrer"
          data-testid={testId}
          onClick={press}
        >
          {children}
        </a>
      ) : (
        <button
          className={className}
          type={type}
          disabled={disabled || loading}
          aria-busy={loading || undefined}
          data-testid={testId}
          onClick={press}
        >
          {loading && <span className="spinner small" aria-hidden="true" />}
          {children}
        </button>
      )}
      {extra}
    </>
  );
}

export function Link(props: PressProps & { preventDefault?: boolean }) {
  const { children, variant = 'primary', testId, preventDefault } = props;
  const { press, extra } = usePress(props);
  const url = urlOf(props.href);
  const click = (event: MouseEvent) => {
    if (preventDefault || !url) event.preventDefault();
    press(event);
  };
  return (
    <>
      {url ? (
        <a
          className={`link ${variant}`}
          href={url}
          target="_blank"
          rel="noreferrer"
          data-testid={testId}
          onClick={click}
        >
          {children}
        </a>
      ) : (
        <button type="button" className={`link ${variant}`} data-testid={testId} onClick={click}>
          {children}
        </button>
      )}
      {extra}
    </>
  );
}

export const ButtonRow = ({ children, testId }: { children?: ReactNode; testId?: string }) => (
  <div className="button-row" data-testid={testId}>
    {children}
  </div>
);

/** Where a menu stands under its button: fixed, as a scrolling table around it would cut it off. */
function below(element: HTMLElement | null): CSSProperties {
  const box = element?.getBoundingClientRect();
  return box ? { top: box.bottom + 2, right: document.documentElement.clientWidth - box.right } : {};
}

type DropdownProps = {
  options?: { label: string; onClick?: () => void }[];
  buttonText?: string;
  buttonSize?: string;
  variant?: string;
  disabled?: boolean;
  testId?: string;
  children?: ReactNode;
};

export function Dropdown(props: DropdownProps) {
  const { options = [], buttonText = 'More', buttonSize = 'md', variant = 'secondary', children } = props;
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useId();
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = () => setOpen(false);
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: globalThis.KeyboardEvent) => void (event.key === 'Escape' && setOpen(false));
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', escape);
    document.addEventListener('scroll', close, true);
    return () => {
      document.removeEventListener('scroll', close, true);
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keydown', escape);
    };
  }, [isOpen]);
  return (
    <div className="dropdown" ref={root}>
      <button
        type="button"
        className={`btn ${variant} ${SIZES[buttonSize] ?? buttonSize}`}
        disabled={props.disabled}
        aria-expanded={isOpen}
        aria-controls={list}
        data-testid={props.testId}
        onClick={() => setOpen(!isOpen)}
      >
        {buttonText} <span aria-hidden="true">▾</span>
      </button>
      <div
        id={list}
        className="menu"
        hidden={!isOpen}
        style={isOpen ? below(root.current) : undefined}
        onClick={() => setOpen(false)}
      >
        {options.map((option) => (
          <button key={option.label} type="button" onClick={() => option.onClick?.()}>
            {option.label}
          </button>
        ))}
        {children}
      </div>
    </div>
  );
}

export function DropdownButtonItem(props: PressProps) {
  const { press, extra } = usePress(props);
  return (
    <>
      <button type="button" data-testid={props.testId} onClick={press}>
        {props.children}
      </button>
      {extra}
    </>
  );
}

type FormProps = {
  children?: ReactNode;
  autoComplete?: string;
  testId?: string;
  onSubmit?: (event: { targetValue: Record<string, unknown> }, tools: Reactions) => void;
};

export function Form({ children, autoComplete, testId, onSubmit }: FormProps) {
  const reactions = useReactions();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit?.({ targetValue: valuesOf(event.currentTarget) }, reactions);
  };
  return (
    <form noValidate autoComplete={autoComplete} data-testid={testId} onSubmit={submit}>
      {children}
    </form>
  );
}

/** What the form holds, by the inputs' names; numbers stay numbers. */
function valuesOf(form: HTMLFormElement): Record<string, unknown> {
  const values: Record<string, unknown> = Object.fromEntries(new FormData(form));
  for (const input of form.querySelectorAll<HTMLInputElement>('input[data-number]'))
    if (input.name && input.value !== '') values[input.name] = Number(input.value);
  for (const select of form.querySelectorAll<HTMLSelectElement>('select[data-name]'))
    values[select.dataset['name'] ?? ''] = JSON.parse(select.dataset['value'] ?? 'null') as unknown;
  return values;
}
