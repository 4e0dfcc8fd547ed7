// Developer settings, for somebody who may not use them: which role is missing, and who gives it.
import { roleNeeded } from '../partials/role-needed.tsx';

export const notDeveloper = roleNeeded('developer/not-developer', 'key', {
  title: 'keys.title',
  heading: 'keys.role.title',
  text: 'keys.role.text',
  none: 'keys.role.none',
});
