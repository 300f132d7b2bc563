import Core
package import JSON
import Store

/// What a message says, before or after it is rendered; `nil` for what it has not.
package struct MessageTexts: Sendable, Hashable {
  package var subject: String?
  package var text: String?
  package var html: String?
  package var previewText: String?

  package init() {}

  /// These, and of `others` what these have not.
  func merged(over others: MessageTexts) -> MessageTexts {
    var merged = others
    for field in Field.allCases where self[field] != nil { merged[field] = self[field] }
    return merged
  }

  enum Field: String, CaseIterable, Sendable {
    case subject, text, html, previewText

    var form: TemplateForm {
      switch self {
      case .subject, .previewText: .line
      case .text: .text
      case .html: .html
      }
    }

    /// Bytes, as the contract has it for what is sent without a template.
    var limit: Int {
      switch self {
      case .subject: 10_240
      case .previewText: 1024
      case .text, .html: 5_242_880
      }
    }
  }

  subscript(_ field: Field) -> String? {
    get {
      switch field {
      case .subject: subject
      case .text: text
      case .html: html
      case .previewText: previewText
      }
    }
    set {
      switch field {
      case .subject: subject = newValue
      case .text: text = newValue
      case .html: html = newValue
      case .previewText: previewText = newValue
      }
    }
  }
}

/// The texts of a message, ready to be rendered for any number of recipients.
struct MessageTemplate: Sendable {
  private var texts: [(field: MessageTexts.Field, text: TemplateText)] = []
  let missing: MissingVariables

  /// - Parameter place: In front of the names of fields in faults, such as `content.`.
  /// - Throws: `template.invalid` with every text that is not a template.
  init(_ texts: MessageTexts, missing: MissingVariables = .fail, at place: String = "") throws(Problem) {
    self.missing = missing
    var faults: [FieldFault] = []
    for field in MessageTexts.Field.allCases {
      guard let text = texts[field] else { continue }
      do {
        self.texts.append((field, try TemplateText(text)))
      } catch let fault as TemplateFault {
        faults.append(
          FieldFault(message: "line \(fault.line): \(fault.message)", key: place + field.rawValue))
      } catch {
        faults.append(FieldFault(message: "is not a template: \(error)", key: place + field.rawValue))
      }
    }
    if !faults.isEmpty { throw .invalidTemplate(faults) }
  }

  /// - Parameters:
  ///   - allowance: What all renderings of a request together may still take; it shrinks.
  ///   - place: In front of what faults name, such as `mailMerge[417].`.
  /// - Throws: `template.missingVariable` with every name; `template.invalidVariable`, `template.limit`. Not typed,
  ///   because Swift 6.3's optimizer crashes on a typed error that an `async` caller passes on.
  func rendered(
    for values: TemplateValues, within allowance: inout RenderingAllowance, at place: String = ""
  ) throws -> MessageTexts {
    let scopes = values.scopes(defaults: missing.defaults)
    var (texts, names, faults) = (MessageTexts(), [String](), [FieldFault]())
    var isLimit = false
    for (field, text) in self.texts {
      let limits = allowance.limits(of: field)
      let rendered = text.rendered(scopes, as: field.form, limits: limits)
      defer { allowance.take(rendered) }
      texts[field] = rendered.text
      for name in rendered.missing.map(TemplateValues.name) where !names.contains(name) { names.append(name) }
      if let fault = rendered.fault {
        isLimit = isLimit || fault.isLimit
        faults.append(FieldFault(message: allowance.message(of: fault), key: place + field.rawValue))
      }
    }
    if !faults.isEmpty { throw isLimit ? Problem.renderingLimit(faults) : Problem.invalidVariables(faults) }
    if !names.isEmpty, missing != .blank { throw Problem.missingVariables(names, at: place) }
    return texts
  }
}

/// What the renderings of one request may cost together.
struct RenderingAllowance: Sendable {
  /// Tags and rounds of loops in one text.
  static let stepsOfText = 100_000

  private let total: (bytes: Int, steps: Int)
  private var left: (bytes: Int, steps: Int)

  /// Of one message it is as much as its texts may take.
  init(bytes: Int = 4 * MessageTexts.Field.html.limit, steps: Int = 4 * Self.stepsOfText) {
    total = (bytes, steps)
    left = total
  }

  fileprivate func limits(of field: MessageTexts.Field) -> TemplateLimits {
    TemplateLimits(steps: min(left.steps, Self.stepsOfText), bytes: min(left.bytes, field.limit))
  }

  fileprivate mutating func take(_ rendered: RenderedText) {
    left.bytes = max(0, left.bytes - rendered.text.utf8.count)
    left.steps = max(0, left.steps - rendered.steps)
  }

  /// Names the limit that was reached: that of one text, or that of all.
  fileprivate func message(of fault: TemplateValueFault) -> String {
    switch fault {
    case .tooManySteps where left.steps < Self.stepsOfText:
      "rendering all messages takes more than \(total.steps) tags and rounds of loops"
    case .tooLong(let limit) where limit == left.bytes:
      "all messages together are longer than \(total.bytes) bytes when they are rendered"
    case .notText, .control, .tooManySteps, .tooLong: fault.message
    }
  }
}

/// What becomes of a variable without a value.
package enum MissingVariables: Sendable, Hashable {
  /// The message is refused.
  case fail
  /// It has that of this object; the message is refused where that has none either.
  case defaults(JSONObject)
  /// It is left blank.
  case blank

  fileprivate var defaults: JSONObject? {
    if case .defaults(let object) = self { object } else { nil }
  }
}

/// What the variables of a template stand for in one message.
package struct TemplateValues: Sendable, Hashable {
  package var params = JSONObject()
  package var accountName = ""
  package var accountEmail = ""
  /// Where people reach this gateway.
  package var serviceURL: String?
  package var recipient: Recipient?
  package var locale: String?
  package var timeZone: String?

  /// The one recipient of the message.
  package struct Recipient: Sendable, Hashable {
    package var name: String?
    package var address: String
    package var unsubscribeURL: String?

    package init(name: String? = nil, address: String, unsubscribeURL: String? = nil) {
      self.name = name
      self.address = address
      self.unsubscribeURL = unsubscribeURL
    }
  }

  package init() {}

  /// Whose names a template has beside the parameters.
  private static let own: Set<String> = ["params", "account", "service", "rcpt", "locale", "tz"]

  /// `params.name` for `name` too.
  fileprivate static func name(_ path: TemplatePath) -> String {
    path.names.first.map { own.contains($0) } ?? true ? path.description : "params.\(path)"
  }

  /// The outer one has the parameters, the inner one what templates have by a name of its own, and the parameters as
  /// `params`: names that are ours always mean the same.
  fileprivate func scopes(defaults: JSONObject?) -> [JSONValue] {
    let params = defaults.map { self.params.completed(with: $0) } ?? self.params
    var own: JSONObject = JSONObject([
      (key: "params", value: .object(params)),
      (key: "account", value: .texts([("name", accountName), ("email", accountEmail)])),
      (key: "service", value: .texts([("url", serviceURL)])),
    ])
    if let recipient {
      own["rcpt"] = .texts([
        ("name", recipient.name), ("address", recipient.address),
        ("unsubscribeUrl", recipient.unsubscribeURL),
      ])
    }
    own["locale"] = locale.map { .string($0) }
    own["tz"] = timeZone.map { .string($0) }
    return [.object(params), .object(own)]
  }
}

extension JSONValue {
  /// An object of those that are there.
  fileprivate static func texts(_ members: [(String, String?)]) -> JSONValue {
    .object(JSONObject(members.compactMap { name, text in text.map { (key: name, value: .string($0)) } }))
  }
}

extension JSONObject {
  /// With the members of `defaults` that are missing or null here, also within objects.
  package func completed(with defaults: JSONObject) -> JSONObject {
    var completed = self
    for (key, value) in defaults.members {
      switch (completed[key], value) {
      case (nil, _), (.null, _): completed[key] = value
      case (.object(let own), .object(let other)): completed[key] = .object(own.completed(with: other))
      default: break
      }
    }
    return completed
  }
}

extension Problem {
  fileprivate static func invalidTemplate(_ faults: [FieldFault]) -> Problem {
    Problem(
      .templateInvalid, sentence(faults), remedy: "Correct the text; it is a Mustache template.",
      fields: faults)
  }

  fileprivate static func renderingLimit(_ faults: [FieldFault]) -> Problem {
    Problem(
      .templateLimit, sentence(faults), remedy: "Shorten the template or the lists among its parameters.",
      fields: faults)
  }

  fileprivate static func invalidVariables(_ faults: [FieldFault]) -> Problem {
    Problem(.templateInvalidVariable, sentence(faults), remedy: "Correct the value.", fields: faults)
  }

  /// - Parameter place: Ends with a dot, or is empty.
  fileprivate static func missingVariables(_ names: [String], at place: String) -> Problem {
    let list = names.map { "“\($0)”" }.joined(separator: ", ")
    let subject = place.isEmpty ? "" : "\(place.dropLast()): "
    return Problem(
      .templateMissingVariable,
      "\(subject)\(names.count == 1 ? "The variable \(list) has" : "The variables \(list) have") no value.",
      remedy:
        "Give each a value in `params`, or let the template say with `missingVariables` what stands there without.",
      fields: names.map { FieldFault(message: "has no value", key: place + $0) })
  }

  private static func sentence(_ faults: [FieldFault]) -> String {
    faults.map { "\($0.key): \($0.message)" }.joined(separator: "; ") + "."
  }
}
