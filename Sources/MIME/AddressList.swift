/// The addresses of a header field (RFC 5322 section 3.4), with the obsolete forms of section 4.4: members of
/// groups like the others, routes passed over, comments dropped unless they are all there is for a name.
struct AddressList {
  /// Those that are not valid are among them, as they are written.
  private(set) var mailboxes: [NamedAddress] = []
  /// Text between two commas that is not a valid address, or could be read as one other than in `mailboxes`.
  private(set) var malformed: [String] = []
  /// The text of `malformed` that `mailboxes` does not show, or shows as something else.
  private(set) var doubtful: [String] = []
  private var phrase: [AddressLexer.Token] = []
  private var angle: [AddressLexer.Token] = []
  private var comment: ArraySlice<UInt8> = []
  private var isInAngle = false
  private var hasAngle = false
  private var phraseHasAt = false
  private var isDoubtful = false

  init(parsing value: ArraySlice<UInt8>) {
    var lexer = AddressLexer(value)
    while let token = lexer.next() {
      take(token)
      if isInAngle, angle.isEmpty, let address = lexer.plainAddress() { angle.append(address) }
    }
    if lexer.isUnclosed || isInAngle { isDoubtful = true }
    close()
  }

  private mutating func take(_ token: AddressLexer.Token) {
    switch token.kind {
    case .comment: if comment.isEmpty { comment = token.content }
    case .special(UInt8(ascii: "<")) where !isInAngle && !hasAngle: (isInAngle, hasAngle) = (true, true)
    case .special(UInt8(ascii: ">")) where isInAngle: isInAngle = false
    case .special(UInt8(ascii: ",")) where isInAngle && hasRoute: isDoubtful = true
    case .special(UInt8(ascii: ",")), .special(UInt8(ascii: ";")): close()
    case .special(UInt8(ascii: ":")) where isInAngle && hasRoute: angle = []
    // The name of a group.
    case .special(UInt8(ascii: ":")) where !hasAngle && !phraseHasAt: (phrase, comment) = ([], [])
    default:
      if !isInAngle, token.kind == .special(UInt8(ascii: "@")) { phraseHasAt = true }
      if isInAngle { angle.append(token) } else { phrase.append(token) }
      if hasAngle && !isInAngle { isDoubtful = true }
    }
  }

  private mutating func close() {
    defer {
      phrase.removeAll(keepingCapacity: true)
      angle.removeAll(keepingCapacity: true)
      comment = []
      (isInAngle, hasAngle, phraseHasAt, isDoubtful) = (false, false, false, false)
    }
    guard hasAngle || isDoubtful || !phrase.isEmpty else { return }
    let tokens = hasAngle ? angle : phrase
    let valid = Self.address(tokens)
    let address = valid ?? EmailAddress(asWritten: Self.text(tokens))
    let isDoubtful = isDoubtful || namesAnother(than: valid)
    if isDoubtful || valid == nil { malformed.append(written) }
    let looksValid = valid == nil && address.map { (try? EmailAddress($0.text)) != nil } == true
    if isDoubtful || address == nil || looksValid { doubtful.append(written) }
    guard let address else { return }
    let name = hasAngle ? AddressLexer.name(phrase) : ""
    mailboxes.append(
      NamedAddress(name: name.isEmpty ? EncodedWord.decode(comment) : name, address: address))
  }

  private var written: String {
    AddressLexer.spelling(phrase) + (hasAngle ? "<\(AddressLexer.spelling(angle))>" : "")
  }

  private var hasRoute: Bool { angle.first?.kind == .special(UInt8(ascii: "@")) }

  /// Mailers repeat the address as its own name; to some readers any other address there is a recipient.
  private func namesAnother(than address: EmailAddress?) -> Bool {
    hasAngle && phraseHasAt && Self.address(phrase)?.key != address?.key
  }

  private static func text(_ tokens: [AddressLexer.Token]) -> String {
    if tokens.count == 1, tokens[0].kind == .quoted { return AddressLexer.name(tokens) }
    return EncodedWord.decode(Array(AddressLexer.spelling(tokens).utf8)[...])
  }

  /// Blanks are allowed around the dots and the `@`, but two words in a row are no address.
  private static func address(_ tokens: [AddressLexer.Token]) -> EmailAddress? {
    if tokens.count == 1, tokens[0].kind == .atom, let plain = EmailAddress(plain: tokens[0].content) {
      return plain
    }
    for (left, right) in zip(tokens, tokens.dropFirst()) where left.isWord && right.isWord { return nil }
    var bytes: [UInt8] = []
    for token in tokens { bytes += token.spelling }
    return try? EmailAddress(Charset.unlabelled.decode(bytes[...]))
  }
}
