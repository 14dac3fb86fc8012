// What the pay page says in French.
import type { Messages } from './messages.ts';

export const fr: Messages = {
  page: {
    testMode: 'MODE TEST · aucun débit réel',
    languages: 'Langue',
    invoice: 'Facture {number}',
    invoiceLabel: 'Facture',
    payee: 'Payé à',
    due: 'À payer avant le {date}',
    overdue: 'En retard',
    wasDue: 'à payer avant le {date}',
    summary: 'Détail de la facture',
    tax: 'Taxes',
    total: 'Total',
    dueNow: 'À payer maintenant',
    stillDue: 'Reste à payer',
    titleReady: 'Payer {amount}',
    titleProcessing: 'Nous confirmons votre paiement',
    titlePaid: 'Paiement reçu',
    titleAlreadyPaid: 'Cette facture est déjà payée',
    titleExpired: 'Ce lien a expiré',
    titleVoid: 'Cette facture a été annulée',
    titleSuperseded: 'Cette facture a été remplacée',
    titleUnavailable: 'Le paiement n’est pas possible pour le moment',
    textProcessing:
      'Vous n’avez rien d’autre à faire. Un paiement bancaire peut prendre quelques jours. Vous pouvez fermer cette page ; merci de ne pas payer une seconde fois.',
    textPaid: 'Merci. {merchant} a bien reçu votre paiement.',
    textAlreadyPaid: 'Il ne reste rien à payer. Vous n’avez rien à faire.',
    textExpired: 'Demandez un nouveau lien à {merchant}.',
    textVoid: 'Il n’y a rien à payer. En cas de doute, adressez-vous à {merchant}.',
    textSuperseded: 'Une facture plus récente la remplace. Utilisez le dernier lien envoyé par {merchant}.',
    textUnavailable: 'Réessayez plus tard ou demandez à {merchant} un autre moyen de payer.',
    payHeading: 'Informations de paiement',
    loadingFields: 'Chargement des champs de paiement sécurisés…',
    payButton: 'Payer {amount}',
    noScript: 'La saisie d’une carte sur cette page nécessite JavaScript. Activez-le puis rechargez la page.',
    noScriptHosted:
      'La saisie d’une carte sur cette page nécessite JavaScript. Vous pouvez payer sur la page de notre prestataire de paiement.',
    hosted: 'Continuer sur la page du prestataire de paiement',
    privacy:
      'Vos données de paiement vont directement au prestataire de paiement. {merchant} ne voit pas votre numéro de carte.',
    receipt: 'Reçu',
    amountPaid: 'Montant payé',
    paidAt: 'Date',
    method: 'Moyen de paiement',
    print: 'Imprimer le reçu',
    reload: 'Vérifier à nouveau',
    title404: 'Ce lien ne fonctionne pas',
    text404:
      'Il est peut-être incomplet ou n’est plus valable. Demandez-en un nouveau à l’entreprise qui vous l’a envoyé.',
    title429: 'Trop de tentatives',
    text429: 'Attendez une minute, puis rechargez cette page.',
    title503: 'Un problème est survenu de notre côté',
    text503: 'Ouvrir cette page ne vous a rien coûté. Réessayez dans un instant.',
  },
  script: {
    confirming: 'Nous confirmons votre paiement…',
    confirmingLong:
      'Cela prend plus de temps que d’habitude. Vous pouvez fermer cette page ; nous continuons à vérifier. Merci de ne pas payer une seconde fois.',
    sending: 'Envoi de votre paiement…',
    checking: 'La connexion a été coupée. Nous vérifions si votre paiement est passé…',
    notCharged:
      'La connexion a été coupée avant l’envoi du paiement. Rien n’a été débité. Veuillez réessayer.',
    offline: 'Vous semblez hors ligne. Vérifiez votre connexion et réessayez.',
    failed: 'Le service de paiement est injoignable. Veuillez réessayer.',
    busy: 'Trop de tentatives en peu de temps. Attendez une minute, puis réessayez.',
    notSent: 'Votre paiement n’a pas été envoyé.',
    retry: 'Réessayer',
    checkFields: 'Vérifiez les champs ci-dessus.',
    changed:
      'Cette facture a changé : le montant à payer est maintenant de {amount}. Vérifiez-la avant de payer.',
    renewed:
      'Cette page est restée ouverte longtemps et a dû recommencer. Saisissez à nouveau vos données de paiement.',
    otherTab: 'Cette facture est en cours de paiement dans une autre fenêtre. Nous suivons cela ici.',
    blocked:
      'Les champs de paiement sécurisés ne se sont pas chargés. Un bloqueur de contenu ou votre réseau en est peut-être la cause.',
    noPayment: 'Cette facture ne peut pas être payée sur cette page pour le moment.',
    declined:
      'Votre banque a refusé ce paiement. Rien n’a été débité. Essayez une autre carte ou contactez votre banque.',
    declinedFunds: 'Le solde de cette carte ne suffit pas pour ce paiement. Essayez une autre carte.',
    declinedExpired: 'Cette carte a expiré. Essayez une autre carte.',
    declinedCode: 'Le code de sécurité ne correspond pas à la carte. Vérifiez-le et réessayez.',
    declinedNumber: 'Le numéro de carte est incorrect. Vérifiez-le et réessayez.',
    declinedAuthentication:
      'Votre banque n’a pas pu confirmer votre identité. Rien n’a été débité. Veuillez réessayer.',
    declinedUnsupported: 'Cette carte ne peut pas servir à ce paiement. Essayez une autre carte.',
    declinedLimit:
      'Ce paiement dépasse le plafond de la carte. Essayez une autre carte ou contactez votre banque.',
    declinedCallBank:
      'Votre banque souhaite vous parler avant d’autoriser ce paiement. Appelez-la ou essayez une autre carte.',
    declinedLater:
      'Votre banque n’a pas pu traiter le paiement à l’instant. Rien n’a été débité. Veuillez réessayer.',
    declinedAddress: 'Le code postal ne correspond pas à la carte. Vérifiez-le et réessayez.',
    declinedTestCard: 'C’est une carte de test. Utilisez une vraie carte.',
  },
};
