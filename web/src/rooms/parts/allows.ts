// Reading of `actions`, the names of what the user may do with an object now. Names are those of the rights policies, such as `declaration.submit`.

/** Whether an object's list of actions holds `action`, with or without the object's kind in front. */
export function allows(actions: readonly string[] | undefined, action: string): boolean {
  const short = action.slice(action.indexOf(".") + 1);
  return actions?.some((name) => name === action || name === short) ?? false;
}
