import type { Core } from '../core.ts';

/** One value per core, made when first asked for; a replaced world has another core and starts clean. */
export function perCore<Value>(make: (core: Core) => Value): (core: Core) => Value {
  const values = new WeakMap<Core, Value>();
  return (core) => {
    const known = values.get(core);
    if (known !== undefined) return known;
    const value = make(core);
    values.set(core, value);
    return value;
  };
}
