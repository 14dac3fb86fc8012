// Turns a merchant's colour into the few colours the page needs, each readable where it is used.
import { createHash } from 'node:crypto';

const INK = '#17202e';
const WHITE = '#ffffff';
const BLACK = '#000000';

/** WCAG contrast of normal text, and of the edge of a control against the page. */
const TEXT_CONTRAST = 4.5;
const EDGE_CONTRAST = 3;

export type Brand = { color: string; onColor: string; ink: string; edge: string };

/** `color` is #rrggbb. Text on it is white or black, one of which always reaches 4.5:1. */
export function brandOf(color: string): Brand {
  const onWhite = contrast(color, WHITE);
  return {
    color,
    onColor: onWhite >= TEXT_CONTRAST ? WHITE : BLACK,
    ink: onWhite >= TEXT_CONTRAST ? color : INK,
    edge: onWhite >= EDGE_CONTRAST ? color : INK,
  };
}

/** The style text of a brand and the source expression that lets exactly this text through the policy. */
export function brandStyle(color: string): { css: string; source: string } {
  const brand = brandOf(color);
  const css = `:root{--brand:${brand.color};--on-brand:${brand.onColor};--brand-ink:${brand.ink};--brand-edge:${brand.edge}}`;
  return { css, source: `'sha256-${createHash('sha256').update(css).digest('base64')}'` };
}

/** WCAG 2 contrast ratio of two #rrggbb colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(color.slice(at, at + 2)));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(hex: string): number {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
