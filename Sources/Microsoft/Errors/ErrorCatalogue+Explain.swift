package import Core

/// What the catalogue says to a code that somebody pasted.
package struct Explanation: Sendable, Hashable {
  /// Microsoft's name for it.
  package var name: String
  package var code: ProblemCode
  package var meaning: String
  package var remedy: String?
  package var actor: Responsible
  package var link: String?
}

extension ErrorCatalogue {
  /// Reads what a person copied from a page, a log or a message: `50011`, `AADSTS50011: …`, `ErrorAccessDenied`,
  /// `535 5.7.139 …`. `nil` when nothing in it is known.
  package static func explain(_ text: String, _ values: ErrorValues = ErrorValues()) -> Explanation? {
    let text = oneLine(text.prefix(explained), limit: explained)
    guard let (name, entry) = found(in: text) else { return nil }
    return Explanation(
      name: name, code: entry.code, meaning: values.fill(entry.meaning),
      remedy: entry.remedy.map(values.fill), actor: entry.actor, link: values.link(entry.link))
  }

  /// Characters that are read: Microsoft's error page as a whole has fewer.
  private static let explained = 4000

  private static func found(in text: String) -> (String, ErrorEntry)? {
    for match in text.matches(of: /(?i)AADSTS\s?(\d{4,9})/) {
      if let entry = entry(.entra, "AADSTS" + match.1) { return ("AADSTS" + match.1, entry) }
    }
    // A code of Graph stands for itself; elsewhere its ordinary words would be found in any sentence.
    for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
      let isCode = word.dropFirst().contains { $0.isUppercase || $0 == "_" } || word.count == text.count
      if isCode, let entry = entry(.graph, String(word)) { return (name(of: entry, like: word), entry) }
    }
    for party in [ErrorEntry.Party.smtp, .imap, .entra] {
      if let entry = entry(party, in: text) { return (entry.names[0], entry) }
    }
    for match in text.matches(of: /\b\d{5,7}\b/) {
      if let entry = entry(.entra, "AADSTS" + match.0) { return ("AADSTS" + match.0, entry) }
    }
    return nil
  }

  private static func name(of entry: ErrorEntry, like word: Substring) -> String {
    entry.names.first { $0.lowercased() == word.lowercased() } ?? entry.names[0]
  }
}
