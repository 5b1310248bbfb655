/** An event of one subject, as far as undoing goes. */
export interface UndoableEvent {
  readonly id: number;
  /** id of the event that it takes back; null: none. */
  readonly undoes: number | null;
}

/** What holds of all that happened to one thing. */
export interface Standing {
  /** Events that hold: neither undone, nor made up for by the undo of an undo. */
  readonly holding: ReadonlySet<number>;
  /** Those that can be undone: the last that holds, and the undo that came last of all. */
  readonly undoable: ReadonlySet<number>;
}

/**
 * Finds out what holds of what happened to one thing. An undo takes another event back; where it is undone itself, that one
 * holds again, and so on.
 *
 * @param events of one subject, the oldest first.
 */
export function standingOf(events: readonly UndoableEvent[]): Standing {
  const undoes = new Map(events.map((event) => [event.id, event.undoes]));
  const holds = new Map<number, boolean>();
  for (const event of events) {
    holds.set(event.id, true);
    let value = false;
    for (let id = event.undoes; id !== null; id = undoes.get(id) ?? null) {
      holds.set(id, value);
      value = !value;
    }
  }
  const holding = events.filter(({ id }) => holds.get(id)).map(({ id }) => id);
  const last = events.at(-1);
  const lastDone = holding.findLast((id) => undoes.get(id) === null);
  const undoable = [...(lastDone === undefined ? [] : [lastDone]), ...(last && last.undoes !== null ? [last.id] : [])];
  return { holding: new Set(holding), undoable: new Set(undoable) };
}
