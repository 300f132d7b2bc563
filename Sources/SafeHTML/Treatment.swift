/// What is done with an element of the source, by its name.
enum Treatment {
  case keep(Tag)
  /// The tags are left out; what is between them stays.
  case unwrap
  /// Left out with all that it holds.
  case drop
  /// As `drop`; within it only its own end tag is markup.
  case dropRaw
  /// As `drop`; it holds nothing and has no end tag.
  case dropVoid
  /// As `drop`, with the rules of SVG and MathML.
  case dropForeign
  /// The text within it stays; only its own end tag is markup, and character references are decoded.
  case text
  /// A `pre` with the text as it is up to the end tag.
  case verbatim
  /// A `pre` with all that is left.
  case plaintext

  init(_ name: String) {
    if let tag = Self.tags[name] {
      self = .keep(tag)
    } else {
      self = Self.others[name] ?? .unwrap
    }
  }

  /// The element that an end tag of this name ends.
  static func tag(_ name: String) -> Tag? { tags[name] }

  private static let tags: [String: Tag] =
    Dictionary(uniqueKeysWithValues: Tag.allCases.map { ($0.rawValue, $0) })
    .merging(["acronym": .abbr, "dir": .ul, "image": .img, "listing": .pre, "menu": .ul]) { $1 }

  private static let others: [String: Treatment] = {
    var others: [String: Treatment] = [
      "plaintext": .plaintext, "textarea": .text, "xmp": .verbatim, "svg": .dropForeign, "math": .dropForeign,
    ]
    for name in ["applet", "audio", "canvas", "object", "template", "video"] { others[name] = .drop }
    for name in ["iframe", "noembed", "noframes", "noscript", "script", "style", "title"] {
      others[name] = .dropRaw
    }
    for name in [
      "area", "base", "basefont", "bgsound", "embed", "frame", "input", "keygen", "link", "meta", "param",
      "source", "track",
    ] {
      others[name] = .dropVoid
    }
    return others
  }()
}
