// HubSpot's layout components: boxes, grids, tiles, tabs, accordions.
import { Children, useId, useState, type CSSProperties, type ReactNode } from 'react';

type Part = { children?: ReactNode; testId?: string };

const GAPS: Record<string, number> = {
  flush: 0,
  none: 0,
  'extra-small': 4,
  xs: 4,
  small: 8,
  sm: 8,
  medium: 16,
  md: 16,
  large: 24,
  lg: 24,
  'extra-large': 32,
  xl: 32,
};

const gapOf = (size: string | undefined, fallback = 0): number =>
  size === undefined ? fallback : (GAPS[size] ?? fallback);

const SPREAD: Record<string, string> = {
  start: 'flex-start',
  end: 'flex-end',
  between: 'space-between',
  around: 'space-around',
  center: 'center',
};
const ALIGN: Record<string, string> = { start: 'flex-start', end: 'flex-end' };
const alignOf = (align: string | undefined): string | undefined => align && (ALIGN[align] ?? align);

type FlexProps = Part & {
  direction?: 'row' | 'column';
  justify?: string;
  align?: string;
  alignSelf?: string;
  gap?: string;
  distance?: string;
  wrap?: boolean | string;
  width?: string;
};

/** HubSpot's column layouts fill the width; its rows do not wrap unless told to. */
function flexStyle(props: FlexProps, fallbackGap: number): CSSProperties {
  const { direction = 'row', justify, align, alignSelf, wrap } = props;
  return {
    flexDirection: direction,
    justifyContent: justify && SPREAD[justify],
    alignItems: alignOf(align),
    alignSelf: alignOf(alignSelf),
    gap: gapOf(props.gap ?? props.distance, fallbackGap),
    flexWrap: wrap === true || wrap === 'wrap' ? 'wrap' : undefined,
  };
}

export const Flex = (props: FlexProps) => (
  <div className="flex" data-testid={props.testId} style={flexStyle(props, 0)}>
    {props.children}
  </div>
);

export const Stack = (props: FlexProps) => (
  <div
    className="flex"
    data-testid={props.testId}
    style={{
      ...flexStyle({ direction: 'column', ...props }, 8),
      width: props.width === '100%' ? '100%' : undefined,
    }}
  >
    {props.children}
  </div>
);

export const Inline = (props: FlexProps) => (
  <div className="flex" data-testid={props.testId} style={{ ...flexStyle(props, 8), flexWrap: 'wrap' }}>
    {props.children}
  </div>
);

export const Box = ({
  children,
  testId,
  flex,
  alignSelf,
}: Part & { flex?: string | number; alignSelf?: string }) => (
  <div className="box" data-testid={testId} style={{ flex, alignSelf: alignOf(alignSelf) }}>
    {children}
  </div>
);

type GridProps = Part & { columnWidth?: number; gap?: string; flexible?: boolean };

export function AutoGrid({ children, testId, columnWidth = 200, gap, flexible }: GridProps) {
  const column = `minmax(min(100%, ${columnWidth}px), ${flexible ? '1fr' : `${columnWidth}px`})`;
  const style = { gap: gapOf(gap), gridTemplateColumns: `repeat(auto-fill, ${column})` };
  return (
    <div className="auto-grid" data-testid={testId} style={style}>
      {children}
    </div>
  );
}

export const Spacer = ({ size }: { size?: string }) => (
  <div aria-hidden="true" style={{ height: gapOf(size, 8) }} />
);

export const Divider = ({ distance, size }: { distance?: string; size?: string }) => (
  <hr style={{ marginBlock: gapOf(distance ?? size, 8) }} />
);

export const Card = ({ children, testId }: Part) => (
  <div className="tile" data-testid={testId}>
    {children}
  </div>
);

export const Tile = ({ children, testId, compact, flush }: Part & { compact?: boolean; flush?: boolean }) => (
  <div className={`tile ${compact ? 'compact' : ''} ${flush ? 'flush' : ''}`} data-testid={testId}>
    {children}
  </div>
);

export const ListView = ({ children, testId, variant = 'unordered' }: Part & { variant?: string }) => {
  const items = Children.toArray(children).map((child, index) => <li key={index}>{child}</li>);
  return variant.startsWith('ordered') ? (
    <ol data-testid={testId}>{items}</ol>
  ) : (
    <ul className={`list ${variant}`} data-testid={testId}>
      {items}
    </ul>
  );
};

type AccordionProps = Part & {
  title?: string;
  defaultOpen?: boolean;
  open?: boolean;
  disabled?: boolean;
  onClick?: () => void;
};

export function Accordion({ title, defaultOpen, open, disabled, onClick, children, testId }: AccordionProps) {
  const [own, setOwn] = useState(defaultOpen ?? false);
  const region = useId();
  const isOpen = open ?? own;
  const press = () => {
    setOwn(!isOpen);
    onClick?.();
  };
  return (
    <div className="accordion" data-testid={testId}>
      <button type="button" aria-expanded={isOpen} aria-controls={region} disabled={disabled} onClick={press}>
        <span className="caret" aria-hidden="true">
          ›
        </span>
        {title}
      </button>
      <div id={region} hidden={!isOpen}>
        {isOpen && children}
      </div>
    </div>
  );
}

export const Tooltip = ({ children }: Part) => <span className="tooltip">{children}</span>;
