// The card's view: one request a load, late answers dropped, asked again every 2 s only while something moves.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Connector, Failure } from '../connector.ts';
import type { CardView, ViewAnswer } from '../view-types.ts';

export const POLL_MS = 2000;

/** Cursors that led to a page; empty for the first. */
type Trail = readonly string[];

export type CardState =
  | { status: 'loading' }
  | { status: 'error'; failure: Failure }
  /** `notice`: why the view shown is not the newest. */
  | { status: 'ready'; view: CardView; trail: Trail; notice: Failure | null };

export type Pages = {
  number: number;
  turning: boolean;
  next: (() => void) | null;
  previous: (() => void) | null;
};

export type LoadedCard = {
  state: CardState;
  pages: Pages;
  reload: () => void;
  /** Takes a fresher first page, for example the one beside an operation's outcome. */
  apply: (view: CardView) => void;
  /** Keeps asking while a link is on somebody's screen. */
  watch: (watching: boolean) => void;
};

const firstPage: Trail = [];

const moves = (view: CardView): boolean =>
  view.unfinished.length > 0 ||
  view.importing !== undefined ||
  view.invoices.some((invoice) => invoice.live !== null && invoice.live !== 'paid');

function nextState(before: CardState, trail: Trail, answer: ViewAnswer | Failure): CardState {
  if (answer.ok) return { status: 'ready', view: answer.view, trail, notice: null };
  return before.status === 'ready' ? { ...before, notice: answer } : { status: 'error', failure: answer };
}

/** Loads pages; only the answer to the newest question is shown. */
function useAnswers(connector: Connector) {
  const [state, setState] = useState<CardState>({ status: 'loading' });
  const newest = useRef(0);
  const answered = useRef(0);
  const load = useCallback(
    async (trail: Trail) => {
      const mine = ++newest.current;
      const answer = await connector.view(trail.at(-1) ?? null);
      if (mine !== newest.current) return;
      answered.current = mine;
      setState((before) => nextState(before, trail, answer));
    },
    [connector],
  );
  const accept = useCallback((view: CardView) => {
    answered.current = ++newest.current;
    setState({ status: 'ready', view, trail: firstPage, notice: null });
  }, []);
  const isWaiting = useCallback(() => answered.current !== newest.current, []);
  useEffect(() => () => void newest.current++, []);
  return { state, load, accept, isWaiting };
}

function pagesOf(state: CardState, trail: Trail, go: (trail: Trail) => void): Pages {
  if (state.status !== 'ready') return { number: 1, turning: false, next: null, previous: null };
  const { view, trail: shown, notice } = state;
  const { next } = view;
  return {
    number: shown.length + 1,
    turning: shown !== trail && notice === null,
    next: next === undefined ? null : () => go([...shown, next]),
    previous: shown.length === 0 ? null : () => go(shown.slice(0, -1)),
  };
}

export function useCardView(connector: Connector): LoadedCard {
  const { state, load, accept, isWaiting } = useAnswers(connector);
  const [trail, go] = useState(firstPage);
  const [watching, watch] = useState(false);

  const reload = useCallback(() => void load(trail), [load, trail]);
  useEffect(reload, [reload]);

  const polling = state.status === 'ready' && (watching || moves(state.view));
  useEffect(() => {
    if (!polling) return undefined;
    const timer = setInterval(() => isWaiting() || reload(), POLL_MS);
    return () => clearInterval(timer);
  }, [polling, reload, isWaiting]);

  const apply = useCallback(
    (view: CardView) => (trail === firstPage ? accept(view) : reload()),
    [accept, trail, reload],
  );
  return { state, pages: pagesOf(state, trail, go), reload, apply, watch };
}
