// Where a file is dropped or chosen. Inside is a plain file input, so that keyboards and screen readers need nothing else.
import { useState } from 'preact/hooks';
import { bytes } from '../lib/format.ts';
import { FileIcon } from './icons.tsx';

interface DropZoneProps {
  file: File | undefined;
  words: string | undefined;
  choose: (file: File) => void;
  disabled: boolean;
}

export const DropZone = ({ file, words, choose, disabled }: DropZoneProps) => {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer?.files ?? [];
    if (dropped && !disabled) choose(dropped);
  };
  return (
    <label
      class={`drop${over ? ' drop-over' : ''}${file ? ' drop-full' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FileIcon />
      {file ? (
        <span>
          <strong>{file.name}</strong>
          <span class="soft">
            {bytes(file.size)}, {words}
          </span>
        </span>
      ) : (
        <span>
          <strong>Drop a file here, or choose one</strong>
          <span class="soft">CSV with a header, or one address a line. Up to 1 GB; may be packed with gzip.</span>
        </span>
      )}
      <input
        type="file"
        name="file"
        class="drop-input"
        aria-label={file ? `Choose another file than ${file.name}` : 'Choose a file'}
        accept=".csv,.tsv,.txt,.gz,text/csv,text/plain,application/gzip"
        disabled={disabled}
        onChange={(event) => {
          const [picked] = event.currentTarget.files ?? [];
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
          if (picked) choose(picked);
        }}
      />
      <span class="button button-plain" aria-hidden="true">
        {file ? 'Another file' : 'Choose a file'}
      </span>
    </label>
  );
};
