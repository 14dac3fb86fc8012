// The secrets port: seals text for keeping, and opens it again.

/** Where a sealed text stands: it opens nowhere else. */
export type Place = { workspaceId: string; column: string };

export type SealedApart = { sealed: string; key: string };

export type Secrets = {
  seal(plain: string, place: Place): string;
  /** @throws config_invalid when the key is no longer in the ring or the text stood elsewhere */
  open(sealed: string, place: Place): string;
  /** Sealed under a key of its own, which is sealed by the ring: whoever destroys that key has destroyed the text. */
  sealApart(plain: string, place: Place): SealedApart;
  openApart(sealed: SealedApart, place: Place): string;
  /** True when sealed by an older key than the first of the ring. */
  isOutdated(sealed: string): boolean;
  /** Id of the key that sealed it. */
  keyIdOf(sealed: string): string;
  /** A token for `purpose` that is the same each time and cannot be guessed. 32 bytes, base64url. */
  derive(purpose: string, subject: string): string;
};
