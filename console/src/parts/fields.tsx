// Fields of forms: a label that is the field's whole name, and a hint that is read behind it.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Ids {
  id: string;
  'aria-describedby'?: string;
}

interface FieldProps {
  label: string;
  hint?: string;
  class?: string;
  /** The input or select, with these attributes. */
  children: (ids: Ids) => ComponentChildren;
}

export const Field = ({ label, hint, class: more = '', children }: FieldProps) => {
  const id = useId();
  return (
    <div class={`field ${more}`}>
      <label for={id}>{label}</label>
      {children({ id, ...(hint !== undefined && { 'aria-describedby': `${id}-hint` }) })}
      {hint !== undefined && (
        <span id={`${id}-hint`} class="soft small">
          {hint}
        </span>
      )}
    </div>
  );
};

interface CheckProps {
  kind?: 'checkbox' | 'radio';
  name?: string;
  label: string;
  hint?: string;
  checked: boolean;
  change: (event: { currentTarget: HTMLInputElement }) => void;
}

export const Check = ({ kind = 'checkbox', name, label, hint, checked, change }: CheckProps) => {
  const id = useId();
  return (
    <div class="check">
      <input
        type={kind}
        name={name}
        id={id}
        checked={checked}
        onChange={change}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <span id={`${id}-hint`} class="soft">
            {hint}
          </span>
        )}
      </div>
    </div>
  );
};
