/** An instant as .NET writes it in JSON: `2026-11-21T11:50:00.0089+00:00`, no fraction when it is zero. */
export function dotNetInstant(milliseconds: number): string {
  const [seconds = '', fraction = ''] = yearOfFourDigits(new Date(milliseconds).toISOString())
    .slice(0, -1)
    .split('.');
  const digits = fraction.replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}+00:00`;
}

/** An instant in whole seconds as queue properties carry it: `2026-11-21T11:50:00+00:00`. */
export const wholeSecondInstant = (milliseconds: number): string =>
  dotNetInstant(Math.floor(milliseconds / 1000) * 1000);

/** An instant in .NET's invariant culture: `11/21/2026 11:50:00`. */
export function invariantInstant(milliseconds: number): string {
  const iso = yearOfFourDigits(new Date(milliseconds).toISOString());
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}

const yearOfFourDigits = (iso: string): string => iso.replace(/^\+00(\d{4})/, '$1');
