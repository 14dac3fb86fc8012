// The headers of every answer under /pay: what the browser may load, keep and pass on.
import helmet from 'helmet';
import type { RequestHandler } from 'express';

/** Origins the gateway's fields need on this page; absent on pages that cannot take a payment. */
export type GatewayOrigins = {
  /** Where our page loads the gateway's script from. */
  script: string;
  /** Where that script may load more from. */
  scripts: string[];
  frames: string[];
  connect: string[];
};

export type PolicyParts = {
  styleSource?: string | undefined;
  logoUrl?: string | null;
  gateway?: GatewayOrigins | undefined;
};

/** Everything but the policies that depend on the page itself. */
export const fixedHeaders: RequestHandler[] = [
  helmet({
    contentSecurityPolicy: false,
    // A bank's approval may open in a window of its own and has to find its way back.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  }),
  (_request, response, next) => {
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', contentPolicy({}));
    response.setHeader('Permissions-Policy', permissionsPolicy(undefined));
    next();
  },
];

export function contentPolicy({ styleSource, logoUrl, gateway }: PolicyParts): string {
  const directives: [string, (string | undefined)[]][] = [
    ['default-src', ["'none'"]],
    ['script-src', ["'self'", gateway?.script, ...(gateway?.scripts ?? [])]],
    ['style-src', ["'self'", styleSource]],
    ['img-src', ["'self'", 'data:', originOf(safeLogo(logoUrl ?? null))]],
    ['connect-src', ["'self'", ...(gateway?.connect ?? [])]],
    ['frame-src', gateway ? gateway.frames : ["'none'"]],
    ['form-action', ["'self'"]],
    ['base-uri', ["'none'"]],
    ['frame-ancestors', ["'none'"]],
  ];
  return directives.map(([name, sources]) => [name, ...sources.filter(Boolean)].join(' ')).join('; ');
}

export function permissionsPolicy(gateway: GatewayOrigins | undefined): string {
  const payment = gateway ? `payment=(self "${gateway.script}")` : 'payment=()';
  return `${payment}, camera=(), microphone=(), geolocation=(), usb=()`;
}

/** The logo's address if a page may show it: https, an image inside the address, or loopback. */
export function safeLogo(logoUrl: string | null): string | null {
  if (!logoUrl || !URL.canParse(logoUrl)) return null;
  const { protocol, hostname } = new URL(logoUrl);
  if (protocol === 'https:' || /^data:image\/(png|jpeg|gif|webp);base64,/i.test(logoUrl)) return logoUrl;
  return protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname) ? logoUrl : null;
}

function originOf(logoUrl: string | null): string | undefined {
  return logoUrl && !logoUrl.startsWith('data:') ? new URL(logoUrl).origin : undefined;
}
