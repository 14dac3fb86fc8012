// HubSpot's inputs that choose: selects, checkboxes, radio buttons, toggles.
import { useId, type ReactNode } from 'react';
import { Field, RequiredMark, useDraft, type FieldProps } from './field.tsx';

type Value = string | number | boolean;
type Option = { label: string; value: Value };

type SelectProps = FieldProps & { value?: Value; options?: Option[]; onChange?: (value: Value) => void };

export function Select(props: SelectProps) {
  const { options = [], placeholder = 'Select', onChange } = props;
  const { draft, edit, sent } = useDraft<Value | null>(props.value, null);
  const chosen = options.findIndex((option) => option.value === draft);
  const choose = (index: number) => {
    const option = options[index];
    if (!option) return;
    edit(option.value);
    sent(option.value);
    onChange?.(option.value);
  };
  return (
    <Field {...props}>
      {(ids) => (
        <select
          {...ids}
          value={String(chosen)}
          disabled={props.readOnly}
          data-testid={props.testId}
          data-name={props.name}
          data-value={JSON.stringify(draft)}
          onChange={(event) => choose(Number(event.target.value))}
        >
          <option value="-1" disabled>
            {placeholder}
          </option>
          {options.map((option, index) => (
            <option key={String(option.value)} value={String(index)}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type GroupProps = {
  legend: string | undefined;
  required?: boolean | undefined;
  message?: string | undefined;
  error?: boolean | undefined;
  inline?: boolean | undefined;
  testId?: string | undefined;
  children: ReactNode;
};

const Group = ({ legend, required, message, error, inline, testId, children }: GroupProps) => (
  <fieldset className={`choices ${inline ? 'inline' : ''}`} data-testid={testId}>
    <legend>
      {legend}
      {required && <RequiredMark />}
    </legend>
    {children}
    {message && <small className={error ? 'note bad' : 'note good'}>{message}</small>}
  </fieldset>
);

type MultiProps = FieldProps & { value?: Value[]; options?: Option[]; onChange?: (value: Value[]) => void };

export function MultiSelect(props: MultiProps) {
  const { options = [], onChange } = props;
  const { draft, edit, sent } = useDraft<Value[]>(props.value, []);
  const toggle = (value: Value) => {
    const next = draft.includes(value) ? draft.filter((one) => one !== value) : [...draft, value];
    edit(next);
    sent(next);
    onChange?.(next);
  };
  return (
    <Group
      legend={props.label}
      required={props.required}
      message={props.validationMessage}
      error={props.error}
      testId={props.testId}
    >
      {options.map((option) => (
        <label key={String(option.value)} className="choice">
          <input
            type="checkbox"
            name={props.name}
            checked={draft.includes(option.value)}
            disabled={props.readOnly}
            onChange={() => toggle(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </Group>
  );
}

type TickProps = {
  name?: string;
  value?: string;
  checked?: boolean;
  initialIsChecked?: boolean;
  readOnly?: boolean;
  readonly?: boolean;
  description?: string;
  testId?: string;
  'aria-label'?: string;
  children?: ReactNode;
  onChange?: (checked: boolean, value: string) => void;
};

const tick = (type: 'checkbox' | 'radio') =>
  function Tick(props: TickProps) {
    const { checked, initialIsChecked, readOnly, readonly, description, children, onChange } = props;
    const hint = useId();
    const { draft, edit, sent } = useDraft(checked, initialIsChecked ?? false);
    const change = (next: boolean) => {
      edit(next);
      sent(next);
      onChange?.(next, props.value ?? '');
    };
    return (
      <div className="tick">
        <label className="choice">
          <input
            type={type}
            name={props.name}
            value={props.value}
            checked={type === 'radio' ? (checked ?? draft) : draft}
            disabled={readOnly ?? readonly}
            aria-label={props['aria-label']}
            aria-describedby={description ? hint : undefined}
            data-testid={props.testId}
            onChange={(event) => change(event.target.checked)}
          />
          <span>{children}</span>
        </label>
        {description && (
          <small id={hint} className="hint">
            {description}
          </small>
        )}
      </div>
    );
  };

export const Checkbox = tick('checkbox');
export const RadioButton = tick('radio');

type ToggleProps = TickProps & {
  label: string;
  labelDisplay?: 'inline' | 'top' | 'hidden';
  textChecked?: string;
  textUnchecked?: string;
};

export function Toggle(props: ToggleProps) {
  const { label, labelDisplay = 'inline', textChecked = 'On', textUnchecked = 'Off', onChange } = props;
  const { draft, edit, sent } = useDraft(props.checked, props.initialIsChecked ?? false);
  const flip = () => {
    edit(!draft);
    sent(!draft);
    onChange?.(!draft, '');
  };
  return (
    <div className={`toggle ${labelDisplay}`}>
      {labelDisplay !== 'hidden' && <span aria-hidden="true">{label}</span>}
      <button
        type="button"
        role="switch"
        aria-checked={draft}
        aria-label={label}
        disabled={props.readOnly ?? props.readonly}
        data-testid={props.testId}
        onClick={flip}
      >
        {draft ? textChecked : textUnchecked}
      </button>
    </div>
  );
}

type ToggleOption = {
  label: string;
  value: string;
  initialIsChecked?: boolean;
  readOnly?: boolean;
  description?: string;
};
type ToggleGroupProps = FieldProps & {
  toggleType?: 'checkboxList' | 'radioButtonList';
  options?: ToggleOption[];
  inline?: boolean;
  value?: string[] | string;
  onChange?: (value: string[] | string) => void;
};

export function ToggleGroup(props: ToggleGroupProps) {
  const { options = [], toggleType = 'checkboxList', name, onChange } = props;
  const isRadio = toggleType === 'radioButtonList';
  const given = props.value === undefined ? undefined : [props.value].flat();
  const initial = options.filter((option) => option.initialIsChecked).map((option) => option.value);
  const { draft, edit, sent } = useDraft(given, initial);
  const choose = (value: string) => {
    const others = draft.filter((one) => one !== value);
    const next = isRadio ? [value] : draft.includes(value) ? others : [...others, value];
    edit(next);
    sent(next);
    onChange?.(isRadio ? value : next);
  };
  return (
    <Group
      legend={props.label}
      required={props.required}
      message={props.validationMessage}
      error={props.error}
      inline={props.inline}
      testId={props.testId}
    >
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type={isRadio ? 'radio' : 'checkbox'}
            name={name}
            value={option.value}
            checked={draft.includes(option.value)}
            disabled={option.readOnly}
            onChange={() => choose(option.value)}
          />
          <span>
            {option.label}
            {option.description && <small className="hint">{option.description}</small>}
          </span>
        </label>
      ))}
    </Group>
  );
}
