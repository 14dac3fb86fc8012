// What a payer agrees to when they let a payment method be kept, in their language; this text is stored with the consent.

const TEXTS: Record<string, (merchant: string) => string> = {
  en: (merchant) =>
    `I allow ${merchant} to keep this payment method and to charge it for later invoices that I agree to.`,
  de: (merchant) =>
    `Ich erlaube ${merchant}, dieses Zahlungsmittel zu speichern und für spätere Rechnungen zu belasten, denen ich zustimme.`,
  fr: (merchant) =>
    `J’autorise ${merchant} à conserver ce moyen de paiement et à le débiter pour de prochaines factures que j’accepte.`,
};

/** @param locale BCP 47; English where the language is not one of ours */
export const consentText = (merchant: string, locale: string): string => {
  const text = TEXTS[locale.split('-')[0] ?? ''] ?? TEXTS['en'];
  return text ? text(merchant) : '';
};
