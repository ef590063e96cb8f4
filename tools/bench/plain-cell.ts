// A cell of CSV as a plain loop writes it.
export const plainCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
