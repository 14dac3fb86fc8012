// HubSpot's components that say how things stand: alerts, empty and error states, progress, steps.
import { useId, type ReactNode } from 'react';

type Part = { children?: ReactNode; testId?: string };

type AlertProps = Part & { title?: string; variant?: string };

export const Alert = ({ title, variant = 'info', children, testId }: AlertProps) => (
  <div
    role={variant === 'danger' || variant === 'error' ? 'alert' : 'status'}
    className={`alert ${variant}`}
    data-testid={testId}
  >
    <div>
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  </div>
);

type StateProps = Part & { title?: string; layout?: string };

export const EmptyState = ({ title, children, layout = 'horizontal', testId }: StateProps) => (
  <div className={`state ${layout}`} data-testid={testId}>
    <span className="picture" aria-hidden="true">
      ◔
    </span>
    <div>
      {title && <h3>{title}</h3>}
      {children}
    </div>
  </div>
);

export const ErrorState = ({ title = 'Something went wrong', children, testId }: StateProps) => (
  <div className="state vertical error" role="alert" data-testid={testId}>
    <span className="picture" aria-hidden="true">
      !
    </span>
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  </div>
);

type SpinnerProps = { label?: string; showLabel?: boolean; size?: string; layout?: string; testId?: string };

export const LoadingSpinner = ({ label = 'Loading', showLabel, layout = 'inline', testId }: SpinnerProps) => (
  <div className={`loading ${layout}`} role="status" data-testid={testId}>
    <span className="spinner" aria-hidden="true" />
    <span className={showLabel ? '' : 'visually-hidden'}>{label}</span>
  </div>
);

type ProgressProps = {
  title?: string;
  'aria-label'?: string;
  value?: number;
  maxValue?: number;
  showPercentage?: boolean;
  valueDescription?: string;
  variant?: string;
  testId?: string;
};

export function ProgressBar(props: ProgressProps) {
  const { title, value = 0, maxValue = 100, showPercentage, valueDescription, variant = 'success' } = props;
  const label = useId();
  const percent = Math.round((Math.min(value, maxValue) / (maxValue || 1)) * 100);
  const name = title ? { 'aria-labelledby': label } : { 'aria-label': props['aria-label'] ?? 'Progress' };
  return (
    <div className={`progress ${variant}`} data-testid={props.testId}>
      <div className="progress-head">
        <span id={label}>{title}</span>
        <span>{showPercentage ? `${percent}%` : valueDescription}</span>
      </div>
      <div
        role="progressbar"
        {...name}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="track"
      >
        <div style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}

type StepProps = {
  stepNames?: string[];
  currentStep?: number;
  direction?: string;
  testId?: string;
  onClick?: (step: number) => void;
};

export const StepIndicator = ({
  stepNames = [],
  currentStep = 0,
  direction = 'horizontal',
  onClick,
  testId,
}: StepProps) => (
  <ol className={`steps ${direction}`} data-testid={testId}>
    {stepNames.map((name, index) => (
      <li
        key={name}
        className={index < currentStep ? 'done' : index === currentStep ? 'now' : ''}
        aria-current={index === currentStep ? 'step' : undefined}
      >
        {onClick ? (
          <button type="button" onClick={() => onClick(index)}>
            {name}
          </button>
        ) : (
          <span>{name}</span>
        )}
      </li>
    ))}
  </ol>
);
