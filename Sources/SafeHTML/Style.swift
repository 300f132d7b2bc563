/// The declarations of a style attribute.
enum Style {
  /// What a person's program writes has some hundred bytes; what is behind this is not read.
  private static let longest = 8192
  private static let mostDeclarations = 100

  /// The declarations that are kept, each in one form; `nil` when there are none.
  static func written(_ style: String) -> String? {
    var scanner = StyleScanner(Array(style.utf8.prefix(longest)))
    var declarations: [String] = []
    while declarations.count < mostDeclarations, let declaration = scanner.declaration() {
      if let written = written(declaration) { declarations.append(written) }
    }
    return declarations.isEmpty ? nil : declarations.joined(separator: "; ")
  }

  private static func written(_ declaration: StyleScanner.Declaration) -> String? {
    if declaration.property == "background" {
      // Of the shorthand only the colour is kept, also where it comes with an image.
      let color = declaration.value.lazy.compactMap(color).first
      return color.map { "background-color: \($0)" }
    }
    guard let grammar = StyleTable.properties[declaration.property], !declaration.value.isEmpty,
      declaration.value.count <= grammar.most
    else { return nil }
    var text = ""
    for token in declaration.value {
      guard let written = written(token, grammar) else { return nil }
      text += token == .comma || text.isEmpty ? written : " " + written
    }
    return "\(declaration.property): \(text)"
  }

  private static func written(_ token: StyleScanner.Token, _ grammar: StyleTable.Grammar) -> String? {
    switch token {
    case .word(let word):
      let isKept = word == "inherit" || grammar.hasNames || grammar.words.contains(word)
      return isKept || grammar.hasColors && StyleTable.colorNames.contains(word) ? word : nil
    case .number(let number, let unit):
      let isKept = grammar.hasLengths && StyleTable.units.contains(unit)
      return isKept && (Double(number).map { (0...StyleTable.largest).contains($0) } ?? false)
        ? number + unit : nil
    case .color(let color): return grammar.hasColors ? color : nil
    case .text(let text): return grammar.hasNames ? "'\(text)'" : nil
    case .comma: return grammar.hasNames ? "," : nil
    case .slash: return grammar.hasSlash ? "/" : nil
    case .other: return nil
    }
  }

  private static func color(_ token: StyleScanner.Token) -> String? {
    switch token {
    case .color(let color): color
    case .word(let word): StyleTable.colorNames.contains(word) ? word : nil
    default: nil
    }
  }
}
