/** The reason of a program's state right after its installation. */
export const INSTALLED = 'installed';
