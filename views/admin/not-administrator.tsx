// Administration, for somebody who may not look, or may look and not change: which role is missing, and who gives it.
import { roleNeeded } from '../partials/role-needed.tsx';

export const notAdministrator = roleNeeded('admin/not-administrator', 'shield', {
  title: 'admin.title',
  heading: 'admin.role.title',
  text: 'admin.role.text',
  none: 'admin.role.none',
});
