package import Core
import JSON

/// What a text must be.
struct TextRule: Sendable {
  /// In bytes of UTF-8.
  let length: ClosedRange<Int>
  /// Whether line breaks and other control characters may be in it; NUL never may.
  let hasLines: Bool
  var format: TextFormat?

  /// `nil` when the text is as it must be; else the rest of a sentence that begins with the field's name.
  func fault(in text: String) -> String? {
    let count = text.utf8.count
    if count > length.upperBound { return "is longer than \(length.upperBound) bytes" }
    if count < length.lowerBound {
      return count == 0 ? "must not be empty" : "is shorter than \(length.lowerBound) bytes"
    }
    if let control = ControlCharacter.first(in: text, onlyNUL: hasLines) {
      return hasLines ? "contains \(control)" : "must be one line, but contains \(control)"
    }
    return format?.fault?(text)
  }

  /// The text, if `value` is one that follows the rule. A fault never quotes it, unless `format` does.
  func read(_ value: JSONValue, _ reading: inout Reading) -> String? {
    guard case .string(let text) = value else {
      reading.wrongKind(value, expected: "a string")
      return nil
    }
    if !reading.mode.isLenient, let fault = fault(in: text) {
      reading.fault(fault)
      return nil
    }
    return text
  }
}

/// A form that a text has beyond its length.
package struct TextFormat: Sendable {
  /// As OpenAPI names it, such as `uri`; `nil` where it has no name for it.
  let name: String?
  /// `nil` when the text has the form; else the rest of a sentence that begins with the field's name.
  /// Without it, the code that uses the value checks it.
  let fault: (@Sendable (String) -> String?)?

  package init(_ name: String?, fault: (@Sendable (String) -> String?)? = nil) {
    self.name = name
    self.fault = fault
  }
}

extension Kind where Value == String {
  /// One line: text without control characters.
  ///
  /// - Parameter bytes: The length in UTF-8.
  package static func line(_ bytes: ClosedRange<Int>, format: TextFormat? = nil) -> Kind {
    text(TextRule(length: bytes, hasLines: false, format: format))
  }

  /// Text of several lines. NUL is refused.
  package static func lines(_ bytes: ClosedRange<Int>, format: TextFormat? = nil) -> Kind {
    text(TextRule(length: bytes, hasLines: true, format: format))
  }

  private static func text(_ rule: TextRule) -> Kind {
    Kind(.text(rule), text: { $0 }, write: { $1.json.string($0) }) { rule.read($0, &$1) }
  }
}

extension Kind {
  /// The name of one stored thing.
  package static func id<Named>(_ bytes: ClosedRange<Int> = 1...256) -> Kind
  where Value == Identifier<Named> {
    let rule = TextRule(length: bytes, hasLines: false, format: .name)
    return Kind(.text(rule), text: { $0.rawValue }, write: { $1.json.string($0.rawValue) }) {
      rule.read($0, &$1).map { Identifier($0) }
    }
  }
}

extension Kind where Value == Secret {
  /// A secret of one line. It is masked when it is written, unless a client sends it, and the mask is
  /// refused.
  package static func secret(_ bytes: ClosedRange<Int>) -> Kind {
    secret(TextRule(length: bytes, hasLines: false), isShown: false)
  }

  /// A secret of several lines, such as PEM.
  package static func secretLines(_ bytes: ClosedRange<Int>) -> Kind {
    secret(TextRule(length: bytes, hasLines: true), isShown: false)
  }

  /// A secret of one line in a change: the mask means that it stays as it is.
  package static func keptSecret(_ bytes: ClosedRange<Int>, format: TextFormat? = nil) -> Kind {
    secret(TextRule(length: bytes, hasLines: false, format: format), isShown: false, keepsMask: true)
  }

  /// A secret of several lines in a change.
  package static func keptSecretLines(_ bytes: ClosedRange<Int>) -> Kind {
    secret(TextRule(length: bytes, hasLines: true), isShown: false, keepsMask: true)
  }

  /// A secret in a reply whose purpose it is to tell it.
  package static var disclosed: Kind {
    secret(TextRule(length: 1...65_536, hasLines: false), isShown: true)
  }

  private static func secret(_ rule: TextRule, isShown: Bool, keepsMask: Bool = false) -> Kind {
    Kind(
      .secret(rule, isShown: isShown), text: { $0.reveal() },
      write: { secret, writing in
        writing.json.string(isShown || writing.revealsSecrets ? secret.reveal() : Writing.mask)
      }
    ) { value, reading in
      if case .string(Writing.mask) = value, !reading.mode.isLenient {
        if !keepsMask { reading.fault("is the mask, not a secret") }
        return nil
      }
      return rule.read(value, &reading).map { Secret($0) }
    }
  }
}

/// A line of a header or the like: a name with its text.
package struct NamedText: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension Kind where Value == [NamedText] {
  /// An object whose members are all texts of one line, in the order in which they were sent.
  package static func texts(
    count: ClosedRange<Int>, name: ClosedRange<Int>, value: ClosedRange<Int>
  ) -> Kind {
    let nameRule = TextRule(length: name, hasLines: false)
    let valueRule = TextRule(length: value, hasLines: false)
    return Kind(
      .texts(count: count, name: nameRule, value: valueRule), isEmpty: { $0.isEmpty },
      write: { texts, writing in
        writing.json.beginObject()
        for text in texts {
          writing.json.key(text.name)
          writing.json.string(text.value)
        }
        writing.json.endObject()
      }
    ) { value, reading in
      guard case .object(let object) = value else {
        reading.wrongKind(value, expected: "an object")
        return nil
      }
      guard reading.accepts(object.count, of: count, "fields") else { return nil }
      var texts: [NamedText] = []
      texts.reserveCapacity(object.count)
      for (name, value) in object.members {
        let mark = reading.mark
        if !reading.mode.isLenient, let fault = nameRule.fault(in: name) {
          reading.fault("has a name that \(fault)")
        } else if let text = valueRule.read(value, &reading) {
          texts.append(NamedText(name, text))
        }
        reading.leave(.member(name), since: mark)
      }
      return texts
    }
  }
}
