// HubSpot's tables, with sorting headers and paging.
import type { ReactNode } from 'react';

type Part = { children?: ReactNode; testId?: string };

type TableProps = Part & {
  bordered?: boolean;
  flush?: boolean;
  density?: string;
  paginated?: boolean;
  pageCount?: number;
  page?: number;
  onPageChange?: (page: number) => void;
};

export function Table(props: TableProps) {
  const { bordered = true, flush, density = 'default', paginated, children, testId } = props;
  return (
    <div className={`table ${bordered ? 'bordered' : ''} ${flush ? 'flush' : ''} ${density}`}>
      {/* Wide tables scroll inside the card, so keyboards must be able to reach the scroller. */}
      <div className="scroller" tabIndex={0} role="group" aria-label="Table">
        <table data-testid={testId}>{children}</table>
      </div>
      {paginated && <Pages {...props} />}
    </div>
  );
}

function Pages({ page = 1, pageCount = 1, onPageChange }: TableProps) {
  const go = (to: number) => onPageChange?.(to);
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" disabled={page <= 1} onClick={() => go(page - 1)}>
        Prev
      </button>
      <span aria-current="page">
        {page} of {pageCount}
      </span>
      <button type="button" disabled={page >= pageCount} onClick={() => go(page + 1)}>
        Next
      </button>
    </nav>
  );
}

export const TableHead = ({ children }: Part) => <thead>{children}</thead>;
export const TableBody = ({ children }: Part) => <tbody>{children}</tbody>;
export const TableFooter = ({ children }: Part) => <tfoot>{children}</tfoot>;
export const TableRow = ({ children, testId }: Part) => <tr data-testid={testId}>{children}</tr>;

type Align = 'left' | 'center' | 'right';
type CellProps = Part & { align?: Align; width?: string | number; colSpan?: number };

const WIDTHS: Record<string, string> = { min: '1%', max: '100%' };
const widthOf = (width: string | number | undefined) => (typeof width === 'string' ? WIDTHS[width] : width);

export const TableCell = ({ children, align, width, colSpan, testId }: CellProps) => (
  <td
    colSpan={colSpan}
    data-testid={testId}
    className={align}
    style={{ textAlign: align, width: widthOf(width) }}
  >
    {children}
  </td>
);

type Direction = 'ascending' | 'descending' | 'none';
type HeaderProps = CellProps & {
  sortDirection?: Direction | 'never';
  disabled?: boolean;
  onSortChange?: (next: Direction) => void;
};

const NEXT: Record<Direction, Direction> = { none: 'ascending', ascending: 'descending', descending: 'none' };
const MARKS: Record<Direction, string> = { none: '↕', ascending: '↑', descending: '↓' };

export function TableHeader(props: HeaderProps) {
  const { children, align, width, sortDirection = 'never', disabled, onSortChange } = props;
  const style = { textAlign: align, width: widthOf(width) };
  if (sortDirection === 'never')
    return (
      <th scope="col" style={style}>
        {children}
      </th>
    );
  return (
    <th scope="col" style={style} aria-sort={sortDirection}>
      <button type="button" disabled={disabled} onClick={() => onSortChange?.(NEXT[sortDirection])}>
        {children} <span aria-hidden="true">{MARKS[sortDirection]}</span>
      </button>
    </th>
  );
}
