/**
 * The nonce under which this page may add style elements. The server writes it into index.html for every response;
 * style-mod (CodeMirror) and Mantine need it before their first style.
 */
import { StyleModule } from 'style-mod';

export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** style-mod keeps one style element per document and reuses it, so mounting once with the nonce covers every editor. */
export function prepareStyles(nonce: string): void {
  // What locks scrolling behind a dialog asks for the nonce under the name that webpack gave it.
  (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;
  StyleModule.mount(document, new StyleModule({}), nonce ? { nonce } : undefined);
}
