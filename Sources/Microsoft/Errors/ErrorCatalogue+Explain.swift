package import Core

/// What the catalogue says about a pasted code.
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
  ///
  /// Anyone may ask, so the cost is bounded: the first 2000 bytes are read, each word is looked up, and no
  /// name is compared that does not share its longest word with the text.
  package static func explain(_ text: String, _ values: ErrorValues = ErrorValues()) -> Explanation? {
    guard let (name, named) = found(in: ErrorText(text)), let entry = refined(named, values) else {
      return nil
    }
    return Explanation(
      name: name, code: entry.code, meaning: values.fill(entry.meaning),
      remedy: entry.remedy.map(values.fill), actor: entry.actor, link: values.link(entry.link))
  }

  private static func found(in text: ErrorText) -> (String, ErrorEntry)? {
    for number in text.marked {
      if let entry = entry(.entra, "AADSTS" + number) { return ("AADSTS" + number, entry) }
    }
    // A code of Graph stands for itself; elsewhere its ordinary words would be found in any sentence.
    for word in text.spelt where text.spelt.count == 1 || word.isWrittenAsCode {
      if let entry = entry(.graph, String(word)) { return (name(of: entry, like: String(word)), entry) }
    }
    if let entry = entry(.smtp, .imap, .entra, in: text) { return (entry.names[0], entry) }
    for word in text.words where (5...7).contains(word.utf8.count) && word.utf8.allSatisfy(\.isDigit) {
      if let entry = entry(.entra, "AADSTS" + word) { return ("AADSTS" + word, entry) }
    }
    return nil
  }
}

extension ErrorText {
  /// The digits after the prefix of Entra's codes, with a space between or without, in their order.
  fileprivate var marked: [String] {
    words.indices.compactMap { index in
      let word = words[index]
      guard word.utf8.contains(where: \.isDigit) || word.hasSuffix("aadsts"),
        let mark = word.firstRange(of: "aadsts")
      else { return nil }
      let rest = word[mark.upperBound...]
      let digits = rest.isEmpty && index + 1 < words.count ? words[index + 1][...] : rest
      let number = String(digits.prefix { $0.isASCII && $0.isNumber }.prefix(9))
      return number.utf8.count >= 4 ? number : nil
    }
  }
}

extension Substring {
  /// `ErrorAccessDenied`, `Authorization_RequestDenied`: a capital or an underscore inside.
  fileprivate var isWrittenAsCode: Bool {
    utf8.dropFirst().contains { $0.isUppercaseASCII || $0 == UInt8(ascii: "_") }
  }
}
