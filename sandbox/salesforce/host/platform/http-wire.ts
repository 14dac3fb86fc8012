// A wire adapter that asks over HTTP whenever its configuration has changed, and again when told to.
type Result = { data: object | undefined; error: unknown };

export type Source<C> = { isWhole: (config: C) => boolean; ask: (config: C) => Promise<object> };

/** Who has provided what, so that a component can have it read again. */
const owners = new WeakMap<object, HttpWire<never>>();

export class HttpWire<C extends object> {
  readonly #tell: (result: Result) => void;
  readonly #source: Source<C>;
  #config: C | undefined;

  constructor(tell: (result: Result) => void, source: Source<C>) {
    this.#tell = tell;
    this.#source = source;
    tell({ data: undefined, error: undefined });
  }

  update(config: C): void {
    if (!this.#source.isWhole(config)) return;
    this.#config = config;
    void this.load();
  }

  connect(): void {
    if (this.#config) void this.load();
  }

  disconnect(): void {
    this.#config = undefined;
  }

  async load(): Promise<void> {
    const config = this.#config;
    if (!config) return;
    const result = await this.#source.ask(config).then(
      (data) => ({ data, error: undefined }),
      (error: unknown) => ({ data: undefined, error }),
    );
    if (config !== this.#config) return;
    if (result.data) owners.set(result.data, this as never);
    this.#tell(result);
  }
}

/** `refreshApex`: has a wire provide anew. */
export async function readAgain({ data }: Result): Promise<void> {
  if (data) await owners.get(data)?.load();
}
