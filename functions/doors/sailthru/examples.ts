// What the operations of this door's OpenAPI document have in common: errors, and the time that their examples show.

export const time = 'Mon, 03 Jun 2024 09:15:02 -0400';

export const errors = {
  400: { component: 'Error', text: 'Not understood: the code and the sentence say what.' },
  401: { component: 'Error', text: 'Codes 3 (unknown key) and 5 (wrong signature).' },
  429: { component: 'Error', text: 'Code 43: too many calls in this second.' },
  500: { component: 'Error', text: 'Code 9. Our fault: repeat the call.' },
};
