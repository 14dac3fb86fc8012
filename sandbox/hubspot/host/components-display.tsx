// HubSpot's display components: text, tags, lists of facts, statistics, icons, images.
import type { CSSProperties, ReactNode } from 'react';
import { OverlayOf } from './overlays.tsx';

type Part = { children?: ReactNode; testId?: string };

type TextFormat = {
  fontWeight?: 'regular' | 'bold' | 'demibold';
  italic?: boolean;
  lineDecoration?: 'none' | 'underline' | 'strikethrough';
  textTransform?: 'none' | 'uppercase' | 'lowercase' | 'capitalize';
};
type TextProps = Part & {
  variant?: string;
  inline?: boolean;
  format?: TextFormat;
  truncate?: boolean | { maxWidth?: number; tooltipText?: string };
};

const WEIGHTS = { regular: 400, demibold: 600, bold: 700 };
const LINES = { none: 'none', underline: 'underline', strikethrough: 'line-through' };

function textStyle(format: TextFormat = {}): CSSProperties {
  const { fontWeight, italic, lineDecoration, textTransform } = format;
  return {
    fontWeight: fontWeight && WEIGHTS[fontWeight],
    fontStyle: italic ? 'italic' : undefined,
    textDecoration: lineDecoration && LINES[lineDecoration],
    textTransform,
  };
}

export function Text({ children, variant = 'bodytext', inline, format, truncate, testId }: TextProps) {
  const cut = typeof truncate === 'object' ? truncate : {};
  const className = `text ${variant} ${inline ? 'inline' : ''} ${truncate ? 'truncate' : ''}`;
  return (
    <span
      className={className}
      data-testid={testId}
      title={cut.tooltipText}
      style={{ ...textStyle(format), maxWidth: cut.maxWidth }}
    >
      {children}
    </span>
  );
}

export const Heading = ({ children, inline, testId }: Part & { inline?: boolean }) => (
  <h3 className={`heading ${inline ? 'inline' : ''}`} data-testid={testId}>
    {children}
  </h3>
);

type TagProps = Part & { variant?: string; inline?: boolean; overlay?: ReactNode; onClick?: () => void };

export const Tag = ({ children, variant = 'default', onClick, overlay, testId }: TagProps) => (
  <>
    {onClick ? (
      <button type="button" className={`tag ${variant}`} data-testid={testId} onClick={() => onClick()}>
        {children}
      </button>
    ) : (
      <span className={`tag ${variant}`} data-testid={testId}>
        {children}
      </span>
    )}
    <OverlayOf overlay={overlay} found={() => undefined} />
  </>
);

type StatusProps = Part & {
  variant?: string;
  hollow?: boolean;
  showRemoveIcon?: boolean;
  onRemoveClick?: () => void;
};

export const StatusTag = ({
  children,
  variant = 'default',
  hollow,
  showRemoveIcon,
  onRemoveClick,
  testId,
}: StatusProps) => (
  <span className={`status-tag ${variant} ${hollow ? 'hollow' : ''}`} data-testid={testId}>
    {children}
    {showRemoveIcon && (
      <button type="button" aria-label="Remove" onClick={() => onRemoveClick?.()}>
        <span aria-hidden="true">×</span>
      </button>
    )}
  </span>
);

export const DescriptionList = ({
  children,
  direction = 'column',
  testId,
}: Part & { direction?: string }) => (
  <dl className={`descriptions ${direction}`} data-testid={testId}>
    {children}
  </dl>
);

export const DescriptionListItem = ({ label, children, testId }: Part & { label?: string }) => (
  <div className="description" data-testid={testId}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

export const Statistics = ({ children, testId }: Part) => (
  <div className="statistics" data-testid={testId}>
    {children}
  </div>
);

type StatisticProps = Part & { label?: string; number?: string | number };

export const StatisticsItem = ({ label, number, children, testId }: StatisticProps) => (
  <div className="statistic" data-testid={testId}>
    <span className="statistic-label">{label}</span>
    <strong>{number}</strong>
    {children}
  </div>
);

type TrendProps = { direction?: 'increase' | 'decrease'; value?: string; color?: string };

export const StatisticsTrend = ({ direction = 'increase', value, color }: TrendProps) => (
  <span className={`trend ${color ?? (direction === 'increase' ? 'green' : 'red')}`}>
    <span aria-hidden="true">{direction === 'increase' ? '▲' : '▼'}</span>
    <span className="visually-hidden">{direction}</span> {value}
  </span>
);

export const ScoreCircle = ({ score = 0, testId }: { score?: number; testId?: string }) => (
  <span className="score" role="img" aria-label={`Score ${score}`} data-testid={testId}>
    {score}
  </span>
);

const GLYPHS: Record<string, string> = {
  add: '+',
  checkCircle: '✓',
  success: '✓',
  warning: '⚠',
  exclamation: '!',
  exclamationCircle: '!',
  info: 'ⓘ',
  delete: '✕',
  remove: '✕',
  edit: '✎',
  email: '✉',
  copy: '⧉',
  link: '🔗',
  clock: '◷',
  date: '▦',
  refresh: '⟳',
  right: '›',
  left: '‹',
  download: '⤓',
  locked: '🔒',
};

type IconProps = { name?: string; color?: string; size?: string; screenReaderText?: string };

export const Icon = ({ name = '', color = 'inherit', screenReaderText }: IconProps) => (
  <span className={`icon ${color}`} data-icon={name}>
    <span aria-hidden="true">{GLYPHS[name] ?? '•'}</span>
    {screenReaderText && <span className="visually-hidden">{screenReaderText}</span>}
  </span>
);

type ImageProps = { src?: string; alt?: string; width?: number; height?: number; testId?: string };

export const Image = ({ src, alt = '', width, height, testId }: ImageProps) => (
  <img src={src} alt={alt} width={width} height={height} data-testid={testId} />
);

export const Illustration = ({ alt = '', width = 120 }: { alt?: string; width?: number }) => (
  <span className="picture" role="img" aria-label={alt} style={{ width, height: width }}>
    ◔
  </span>
);
