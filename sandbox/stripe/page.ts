// The frame of every page the stand-in shows to people.
import type { StandInAnswer } from '../stand-in/server.ts';

const STYLE = `
body{font:16px/1.4 system-ui,sans-serif;margin:0;color:#1a1f36;background:#fff}
label{display:block;margin:0 0 12px}
input:not([type=radio]){display:block;box-sizing:border-box;width:100%;padding:10px;font:inherit;border:1px solid #8792a2;border-radius:4px}
input:focus,button:focus{outline:3px solid #0570de;outline-offset:1px}
input[aria-invalid=true]{border-color:#b3093c}
fieldset{border:0;padding:0;margin:0 0 12px}fieldset label{display:inline-block;margin-right:16px}
[role=alert]{color:#b3093c;margin:0}
button{font:inherit;padding:10px 16px;border:0;border-radius:4px;background:#0a3d91;color:#fff}
button[disabled]{background:#6b7280}
main.frame{margin:0;padding:4px;max-width:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
main{max-width:560px;margin:32px auto;padding:0 16px}`;

/** @param body safe to send */
export function page(title: string, body: string): StandInAnswer {
  const head = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>`;
  return {
    status: 200,
    body: `${head}<body>${body}</body></html>`,
    headers: { 'cache-control': 'no-store' },
  };
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
