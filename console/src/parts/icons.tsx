// The few drawings, as inline SVG that takes the colour of the text beside it.
import type { ComponentChildren } from 'preact';

const icon = (paths: ComponentChildren) => () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {paths}
  </svg>
);

export const Mark = icon(
  <>
    <path d="M3 17.5h18l-2.2 3.2a2 2 0 0 1-1.6.8H6.8a2 2 0 0 1-1.6-.8z" />
    <path d="M6 14.5v-5h5v5zM13 14.5v-5h5v5zM9.5 6.500v-4h5v4z" />
  </>,
);
export const JobsIcon = icon(<path d="M4 6h16M4 12h16M4 18h10" />);
export const OverviewIcon = icon(<path d="M5 20v-7M12 20V4M19 20v-10" />);
export const ImportIcon = icon(<path d="M12 3v11m0 0-4-4m4 4 4-4M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2" />);
export const ExportIcon = icon(<path d="M12 14V3m0 0L8 7m4-4 4 4M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2" />);
export const DownloadIcon = icon(<path d="M12 4v10m0 0-4-4m4 4 4-4M5 20h14" />);
export const FileIcon = icon(<path d="M6 3h8l4 4v14H6zM14 3v4h4" />);
