// What the pay page says in German.
import type { Messages } from './messages.ts';

export const de: Messages = {
  page: {
    testMode: 'TESTMODUS · es fließt kein Geld',
    languages: 'Sprache',
    invoice: 'Rechnung {number}',
    invoiceLabel: 'Rechnung',
    payee: 'Bezahlt an',
    due: 'Fällig am {date}',
    overdue: 'Überfällig',
    wasDue: 'war fällig am {date}',
    summary: 'Wofür Sie bezahlen',
    tax: 'Steuer',
    total: 'Gesamt',
    dueNow: 'Jetzt zu zahlen',
    stillDue: 'Noch offen',
    titleReady: '{amount} bezahlen',
    titleProcessing: 'Wir bestätigen Ihre Zahlung',
    titlePaid: 'Zahlung erhalten',
    titleAlreadyPaid: 'Diese Rechnung ist bereits bezahlt',
    titleExpired: 'Dieser Link ist abgelaufen',
    titleVoid: 'Diese Rechnung wurde storniert',
    titleSuperseded: 'Diese Rechnung wurde ersetzt',
    titleUnavailable: 'Eine Zahlung ist gerade nicht möglich',
    textProcessing:
      'Sie müssen nichts weiter tun. Zahlungen über die Bank können einige Tage dauern. Sie können diese Seite schließen; bitte zahlen Sie nicht noch einmal.',
    textPaid: 'Vielen Dank. Ihre Zahlung ist bei {merchant} eingegangen.',
    textAlreadyPaid: 'Es ist nichts mehr offen. Sie müssen nichts tun.',
    textExpired: 'Bitte fragen Sie {merchant} nach einem neuen Link.',
    textVoid:
      'Es ist nichts zu bezahlen. Wenn Sie etwas anderes erwartet haben, fragen Sie bitte {merchant}.',
    textSuperseded:
      'An ihre Stelle ist eine neuere Rechnung getreten. Bitte nutzen Sie den neuesten Link von {merchant}.',
    textUnavailable:
      'Bitte versuchen Sie es später noch einmal oder fragen Sie {merchant} nach einem anderen Zahlungsweg.',
    payHeading: 'Zahlungsdaten',
    loadingFields: 'Die sicheren Zahlungsfelder werden geladen …',
    payButton: '{amount} bezahlen',
    noScript:
      'Um auf dieser Seite eine Karte einzugeben, wird JavaScript benötigt. Bitte schalten Sie es ein und laden Sie die Seite neu.',
    noScriptHosted:
      'Um auf dieser Seite eine Karte einzugeben, wird JavaScript benötigt. Sie können stattdessen auf der Seite unseres Zahlungsdienstes bezahlen.',
    hosted: 'Weiter zur Seite des Zahlungsdienstes',
    privacy:
      'Ihre Zahlungsdaten gehen direkt an den Zahlungsdienst. {merchant} sieht Ihre Kartennummer nicht.',
    receipt: 'Zahlungsbeleg',
    amountPaid: 'Bezahlter Betrag',
    paidAt: 'Datum',
    method: 'Bezahlt mit',
    print: 'Beleg drucken',
    reload: 'Erneut prüfen',
    title404: 'Dieser Link funktioniert nicht',
    text404:
      'Er ist vielleicht unvollständig oder nicht mehr gültig. Bitte fragen Sie das Unternehmen, das ihn geschickt hat, nach einem neuen.',
    title429: 'Zu viele Versuche',
    text429: 'Bitte warten Sie eine Minute und laden Sie die Seite dann neu.',
    title503: 'Bei uns ist etwas schiefgegangen',
    text503:
      'Durch das Öffnen dieser Seite wurde nichts abgebucht. Bitte versuchen Sie es gleich noch einmal.',
  },
  script: {
    confirming: 'Wir bestätigen Ihre Zahlung …',
    confirmingLong:
      'Es dauert länger als sonst. Sie können diese Seite schließen; wir prüfen weiter. Bitte zahlen Sie nicht noch einmal.',
    sending: 'Ihre Zahlung wird gesendet …',
    checking: 'Die Verbindung ist abgebrochen. Wir prüfen, ob Ihre Zahlung angekommen ist …',
    notCharged:
      'Die Verbindung ist abgebrochen, bevor Ihre Zahlung gesendet wurde. Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal.',
    offline: 'Sie sind anscheinend offline. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
    failed: 'Der Zahlungsdienst war nicht erreichbar. Bitte versuchen Sie es noch einmal.',
    busy: 'Zu viele Versuche in kurzer Zeit. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.',
    notSent: 'Ihre Zahlung wurde nicht gesendet.',
    retry: 'Noch einmal versuchen',
    checkFields: 'Bitte prüfen Sie die Felder oben.',
    changed:
      'Diese Rechnung hat sich geändert: Zu zahlen sind jetzt {amount}. Bitte sehen Sie sie noch einmal an, bevor Sie bezahlen.',
    renewed:
      'Diese Seite war länger offen und musste neu beginnen. Bitte geben Sie Ihre Zahlungsdaten noch einmal ein.',
    otherTab: 'Diese Rechnung wird gerade in einem anderen Fenster bezahlt. Wir behalten das hier im Blick.',
    blocked:
      'Die sicheren Zahlungsfelder wurden nicht geladen. Vielleicht verhindert es ein Inhaltsblocker oder Ihr Netzwerk.',
    noPayment: 'Diese Rechnung kann gerade nicht auf dieser Seite bezahlt werden.',
    declined:
      'Ihre Bank hat diese Zahlung abgelehnt. Es wurde nichts abgebucht. Versuchen Sie es mit einer anderen Karte oder fragen Sie Ihre Bank.',
    declinedFunds:
      'Das Guthaben oder der Rahmen dieser Karte reicht nicht aus. Bitte versuchen Sie es mit einer anderen Karte.',
    declinedExpired: 'Diese Karte ist abgelaufen. Bitte versuchen Sie es mit einer anderen Karte.',
    declinedCode:
      'Die Prüfnummer passt nicht zur Karte. Bitte prüfen Sie sie und versuchen Sie es noch einmal.',
    declinedNumber: 'Die Kartennummer stimmt nicht. Bitte prüfen Sie sie und versuchen Sie es noch einmal.',
    declinedAuthentication:
      'Ihre Bank konnte nicht bestätigen, dass Sie es sind. Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal.',
    declinedUnsupported:
      'Diese Karte kann für diese Zahlung nicht genutzt werden. Bitte versuchen Sie es mit einer anderen Karte.',
    declinedLimit:
      'Diese Zahlung liegt über dem Limit der Karte. Versuchen Sie es mit einer anderen Karte oder fragen Sie Ihre Bank.',
    declinedCallBank:
      'Ihre Bank möchte mit Ihnen sprechen, bevor sie diese Zahlung erlaubt. Rufen Sie sie an oder versuchen Sie es mit einer anderen Karte.',
    declinedLater:
      'Ihre Bank konnte die Zahlung gerade nicht verarbeiten. Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal.',
    declinedAddress:
      'Die Postleitzahl passt nicht zur Karte. Bitte prüfen Sie sie und versuchen Sie es noch einmal.',
    declinedTestCard: 'Das ist eine Testkarte. Bitte nutzen Sie eine echte.',
  },
};
