// What an import needs besides its file: the list, who is told, when to stop.
import { useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { Field } from './fields.tsx';

interface OptionsProps {
  api: Api;
  list: string;
  setList: (list: string) => void;
  mail: string;
  setMail: (mail: string) => void;
  budget: string;
  setBudget: (budget: string) => void;
  disabled: boolean;
  changed: () => void;
}

export const ImportOptions = (props: OptionsProps) => {
  const { api, list, setList, mail, setMail, budget, setBudget, disabled, changed } = props;
  const [lists, setLists] = useState<string[]>();
  const fetchLists = () => {
    if (lists) return;
    api.lists('').then(
      (answer) => setLists(answer.lists.filter(({ smart }) => !smart).map(({ name }) => name)),
      () => setLists([]),
    );
  };
  const input = (set: (value: string) => void) => (event: { currentTarget: HTMLInputElement }) => {
    set(event.currentTarget.value);
    changed();
  };
  return (
    <div class="field-row">
      <Field label="List" hint="One that is there, or a new name.">
        {(ids) => (
          <>
            <input
              {...ids}
              name="list"
              list="known-lists"
              value={list}
              onFocus={fetchLists}
              onInput={input(setList)}
              disabled={disabled}
              autocomplete="off"
            />
            <datalist id="known-lists">
              {lists?.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Mail a report to (optional)" hint="At the end of the check, and of the import.">
        {(ids) => <input {...ids} name="mail" type="email" value={mail} onInput={input(setMail)} disabled={disabled} />}
      </Field>
      <Field label="Stop when more is rejected than (optional)" hint="In percent of the rows.">
        {(ids) => (
          <input
            {...ids}
            name="budget"
            inputMode="decimal"
            value={budget}
            onInput={input(setBudget)}
            disabled={disabled}
          />
        )}
      </Field>
    </div>
  );
};
