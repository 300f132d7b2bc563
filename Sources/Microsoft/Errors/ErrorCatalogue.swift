/// Everything Microsoft says that we have words for: Entra's numbers (Microsoft Learn, "Microsoft Entra authentication and
/// authorization error codes"), Graph's codes ("Microsoft Graph error responses"), and what Exchange answers
/// over SMTP and IMAP.
///
/// Microsoft changes its numbers without notice and says so: they choose words and a code of ours. Whether to
/// repeat is decided on `error`, `suberror` and the status. The one number that waits is the exception.
package enum ErrorCatalogue {
  package static let entries =
    EntraErrors.ofTheApp + EntraErrors.ofThePerson + GraphErrors.entries + ExchangeErrors.smtp
    + ExchangeErrors.imap

  /// A client that asks for the same thing again and again is refused for a while.
  static let loop = 50196

  static func entry(aadsts number: Int) -> ErrorEntry? { entry(.entra, "AADSTS\(number)") }

  /// Microsoft is not consistent about the case of its codes.
  static func entry(_ party: ErrorEntry.Party, _ name: String) -> ErrorEntry? {
    byName[Key(party: party, name: name.lowercased())]
  }

  /// The entry of which a name stands in `text`, or all words of one: the longest such name, as the most exact.
  static func entry(_ party: ErrorEntry.Party, in text: String) -> ErrorEntry? {
    let text = text.lowercased()
    let found = phrases.filter { $0.party == party && $0.matches(text) }
    return found.max { $0.length < $1.length }?.entry
  }

  private struct Key: Hashable {
    var party: ErrorEntry.Party
    var name: String
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: entries.flatMap { entry in
      entry.names.map { (Key(party: entry.party, name: $0.lowercased()), entry) }
    })

  private static let phrases = entries.flatMap { entry in entry.names.map { ErrorPhrase($0, entry) } }
}

/// A name as it is looked for in a text that somebody else wrote.
private struct ErrorPhrase: Sendable {
  let party: ErrorEntry.Party
  let entry: ErrorEntry
  let length: Int
  /// Stands alone in the text: `5.7.3` is not in `5.7.30`.
  private let whole: String
  /// Stands in it anywhere: of an SMTP reply, the words after its numbers.
  private let words: String

  init(_ name: String, _ entry: ErrorEntry) {
    party = entry.party
    self.entry = entry
    length = name.utf8.count
    let lowercased = name.lowercased()
    let reply = lowercased.wholeMatch(of: /(\d{3} )?(\d\.\d+\.\d+)( .+)?/)
    whole = reply.map { String($0.2) } ?? lowercased
    words = reply.flatMap { $0.3.map { String($0.dropFirst()) } } ?? ""
  }

  func matches(_ text: String) -> Bool {
    guard words.isEmpty || text.contains(words) else { return false }
    return text.ranges(of: whole).contains { range in
      !Self.continues(text[..<range.lowerBound].last, whole.first)
        && !Self.continues(text[range.upperBound...].first, whole.last)
    }
  }

  /// Whether a character outside continues a word that ends or begins inside.
  private static func continues(_ outside: Character?, _ inside: Character?) -> Bool {
    guard let outside, let inside else { return false }
    return (outside.isLetter || outside.isNumber) && (inside.isLetter || inside.isNumber)
  }
}
