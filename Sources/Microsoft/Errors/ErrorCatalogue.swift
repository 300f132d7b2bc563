import Core

/// All of Microsoft's errors that we have texts for: Entra's numbers (Microsoft Learn, "Microsoft Entra
/// authentication and authorization error codes"), Graph's codes ("Microsoft Graph error responses"), and what
/// Exchange answers over SMTP and IMAP.
///
/// Microsoft says that its numbers may change without notice: they select only texts and our codes. Whether to
/// repeat is decided on `error`, `suberror` and the status. The one number that waits is the exception.
package enum ErrorCatalogue {
  package static let entries =
    EntraErrors.ofTheApp + EntraErrors.ofThePerson + GraphErrors.entries + ExchangeErrors.smtp
    + ExchangeErrors.imap

  /// A client that asks for the same thing again and again is refused for a while.
  static let loop = 50196

  /// A person pressed a button other than the one that accepts.
  static let declined = 65004

  static func entry(aadsts number: Int) -> ErrorEntry? { entry(.entra, "AADSTS\(number)") }

  /// The entry that fits the values better than the one that its name selects.
  static func refined(_ entry: ErrorEntry?, _ values: ErrorValues) -> ErrorEntry? {
    let isDeclined = entry?.names == ["AADSTS\(declined)"]
    return isDeclined && values.mayNeedAdministrator ? EntraErrors.declinedOrReserved : entry
  }

  /// Microsoft is not consistent about the case of its codes.
  static func entry(_ party: ErrorEntry.Party, _ name: String) -> ErrorEntry? {
    byName[Key(party: party, name: name.lowercased())]
  }

  /// The entry whose name is in `text`, of the first of these parties that has one: of several the longest
  /// name, as the most exact.
  static func entry(_ parties: ErrorEntry.Party..., in text: ErrorText) -> ErrorEntry? {
    let candidates = phrases.candidates(in: text)
    for party in parties {
      let found = candidates.filter { $0.phrase.party == party && $0.phrase.matches(text, at: $0.positions) }
      if let longest = found.max(by: { $0.phrase.length < $1.phrase.length }) { return longest.phrase.entry }
    }
    return nil
  }

  static func name(of entry: ErrorEntry, like word: String) -> String {
    entry.names.first { $0.lowercased() == word.lowercased() } ?? entry.names[0]
  }

  private struct Key: Hashable {
    var party: ErrorEntry.Party
    var name: String
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: entries.flatMap { entry in
      entry.names.map { (Key(party: entry.party, name: $0.lowercased()), entry) }
    })

  static let phrases = ErrorPhrases(entries)
}
