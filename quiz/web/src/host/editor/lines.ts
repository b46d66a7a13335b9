/** Lists that are never changed, only replaced. */

export function inserted<Line>(lines: readonly Line[], at: number, line: Line): Line[] {
  return [...lines.slice(0, at), line, ...lines.slice(at)];
}

export function without<Line>(lines: readonly Line[], at: number): Line[] {
  return lines.filter((_, index) => index !== at);
}

export function replaced<Line>(lines: readonly Line[], at: number, line: Line): Line[] {
  return lines.map((each, index) => (index === at ? line : each));
}

/** With the line at `at` one further up (-1) or down (1); unchanged at the ends. */
export function moved<Line>(lines: readonly Line[], at: number, by: -1 | 1): Line[] {
  const other = at + by;
  const after = [...lines];
  if (at in after && other in after) [after[at], after[other]] = [after[other]!, after[at]!];
  return after;
}
