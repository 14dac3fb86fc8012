// ISO 4217: which currency codes exist and how many decimals each one has.
import { MoneyError } from './money-error.ts';

const NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';

const TWO_DECIMALS = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
  CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
  IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
  MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
  SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
  YER ZAR ZMW ZWG`;

const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND';

const FOUR_DECIMALS = 'CLF UYW';

/** No longer in ISO's list, yet old payments of a gateway account still carry them; all had two decimals. */
const WITHDRAWN = 'ANG BGN HRK LTL LVL MRO SLL STD VEF';

const codesIn = (list: string): string[] => list.trim().split(/\s+/);

const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...codesIn(NO_DECIMALS).map((code) => [code, 0] as const),
  ...codesIn(TWO_DECIMALS).map((code) => [code, 2] as const),
  ...codesIn(THREE_DECIMALS).map((code) => [code, 3] as const),
  ...codesIn(FOUR_DECIMALS).map((code) => [code, 4] as const),
  ...codesIn(WITHDRAWN).map((code) => [code, 2] as const),
]);

/** Every code `isCurrency` accepts, sorted. */
export const currencyCodes: readonly string[] = [...EXPONENTS.keys()].sort();

/** True for an upper-case ISO 4217 code; gold, drawing rights and test codes have no decimals and are refused. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/** How many decimals the currency has; throws MoneyError `currency_unknown`. */
export function exponentOf(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) throw new MoneyError('currency_unknown', currency.slice(0, 12));
  return exponent;
}
