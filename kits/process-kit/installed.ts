/** Why a program rests whose installation was just made. */
export const INSTALLED = 'installed';
