import Core
import JSON
import MIME
import Mustache

/// One rendering of one text: what it may cost, and what it has met.
///
/// Mustache cannot be stopped. When a limit is reached, everything that is left renders as nothing.
final class TemplateRendering {
  let parts: [TemplateText.Part]
  let form: TemplateForm
  private let limits: TemplateLimits
  private var bytes = 0
  private(set) var steps = 0
  /// Names without a value, each once, in the order in which they were met.
  private(set) var missing: [TemplatePath] = []
  private(set) var fault: TemplateValueFault?

  init(_ text: TemplateText, as form: TemplateForm, _ limits: TemplateLimits) {
    parts = text.parts
    self.form = form
    self.limits = limits
  }

  var isStopped: Bool { fault?.isLimit == true }

  /// Counts a tag or a round of a loop. Returns `false` when there may be no more.
  func step() -> Bool {
    steps += 1
    if steps > limits.steps { fail(.tooManySteps(limits.steps)) }
    return !isStopped
  }

  /// Counts what becomes part of the text.
  func emit(_ text: String) -> String {
    bytes += text.utf8.count
    if bytes > limits.bytes { fail(.tooLong(limits.bytes)) }
    return isStopped ? "" : text
  }

  func text(of value: JSONValue?, at path: TemplatePath, isRaw: Bool) -> String {
    let text: String
    switch value {
    case nil, .null, .streamed:
      if !missing.contains(path), missing.count < TemplateLimits.missing { missing.append(path) }
      return ""
    case .string(let string): text = string
    case .number(let number): text = number.text
    case .bool(let bool): text = bool ? "true" : "false"
    case .array, .object:
      fail(.notText(path))
      return ""
    }
    if let control = form.refusedControl(in: text) { fail(.control(path, control)) }
    return emit(form == .html && !isRaw ? HTMLText.escaped(text) : text)
  }

  /// The first fault counts; a limit also stops what comes after another fault.
  private func fail(_ fault: TemplateValueFault) {
    if self.fault == nil || fault.isLimit { self.fault = fault }
  }
}

/// What becomes of the values in a text.
enum TemplateForm: Sendable {
  /// They are escaped.
  case html
  case text
  /// One line of a header: they hold no control characters.
  case line

  fileprivate func refusedControl(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { scalar in
      self == .line ? scalar.properties.generalCategory == .control : scalar.value == 0
    }
  }
}

/// What one rendering may cost.
struct TemplateLimits: Sendable {
  /// Tags and rounds of loops.
  var steps: Int
  /// Of the rendered text.
  var bytes: Int
  /// Names without a value that are told.
  static let missing = 100
}

/// Why a value cannot be where it is named, or why rendering was stopped.
enum TemplateValueFault: Sendable, Hashable {
  case notText(TemplatePath)
  case control(TemplatePath, Unicode.Scalar)
  case tooManySteps(Int)
  case tooLong(Int)

  var isLimit: Bool {
    switch self {
    case .notText, .control: false
    case .tooManySteps, .tooLong: true
    }
  }

  /// The rest of a sentence that begins with the field.
  var message: String {
    switch self {
    case .notText(let path):
      "“\(path)” is a list or an object and cannot be shown as text; open a section for it"
    case .control(let path, let scalar):
      "the value of “\(path)” has the control character U+\(scalar.hex), which cannot be there"
    case .tooManySteps(let limit): "rendering takes more than \(limit) tags and rounds of loops"
    case .tooLong(let limit): "is longer than \(limit) bytes when it is rendered"
    }
  }
}

extension Unicode.Scalar {
  fileprivate var hex: String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// What names mean in one place of a template: the values of the sections around it, from the inside out.
final class TemplateScope: MustacheParent {
  private let rendering: TemplateRendering
  private let value: JSONValue
  private let outer: TemplateScope?

  init(_ value: JSONValue, in outer: TemplateScope?, _ rendering: TemplateRendering) {
    self.value = value
    self.outer = outer
    self.rendering = rendering
  }

  /// What a numbered tag stands for here; never `nil`, for which Mustache would ask the scope around this one.
  func child(named name: String) -> Any? {
    guard let number = Int(name), rendering.parts.indices.contains(number) else { return "" }
    switch rendering.parts[number] {
    case .run(let nodes): return Rendered(renderText: text(of: nodes))
    case .section(let path): return rendering.step() ? content(of: find(path)) : false
    case .group(let template): return rendering.step() ? template : ""
    }
  }

  private func text(of nodes: [TemplateNode]) -> String {
    var text = ""
    for node in nodes {
      guard rendering.step() else { break }
      switch node {
      case .text(let part): text += rendering.emit(part)
      case .variable(let path, let isRaw): text += rendering.text(of: find(path), at: path, isRaw: isRaw)
      case .section: break
      }
    }
    return text
  }

  /// `false` for what is empty: `false`, `null`, 0, an empty text or list, and what is not there.
  private func content(of value: JSONValue?) -> Any {
    switch value {
    case nil, .null, .streamed, .bool(false), .string(""): return false
    case .array(let elements):
      return elements.isEmpty ? false : TemplateLoop(elements: elements, scope: self, rendering: rendering)
    case .number(let number) where number.double == 0: return false
    case .some(let value): return TemplateScope(value, in: self, rendering)
    }
  }

  private func find(_ path: TemplatePath) -> JSONValue? {
    guard let first = path.names.first else { return value }
    var scope: TemplateScope? = self
    while let here = scope {
      if let found = here.value[first] {
        return path.names.dropFirst().reduce(found) { value, name in value?[name] }
      }
      scope = here.outer
    }
    return nil
  }
}

/// A text for which Mustache asks no further.
private struct Rendered: MustacheCustomRenderable {
  let renderText: String
  var isNull: Bool { false }
}

/// The rounds of a section over a list.
private struct TemplateLoop: MustacheSequence {
  let elements: [JSONValue]
  let scope: TemplateScope
  let rendering: TemplateRendering

  func makeIterator() -> AnyIterator<TemplateScope> {
    var elements = elements.makeIterator()
    return AnyIterator {
      guard rendering.step(), let element = elements.next() else { return nil }
      return TemplateScope(element, in: scope, rendering)
    }
  }
}

extension TemplateText {
  /// - Parameter scopes: The values that names may mean, from the outside in.
  func rendered(_ scopes: [JSONValue], as form: TemplateForm, limits: TemplateLimits) -> RenderedText {
    let rendering = TemplateRendering(self, as: form, limits)
    let scope = scopes.reduce(nil as TemplateScope?) { TemplateScope($1, in: $0, rendering) }
    let text = scope.map { root.render($0) } ?? ""
    return RenderedText(
      text: text, missing: rendering.missing, fault: rendering.fault, steps: rendering.steps)
  }
}

/// What came of a text.
struct RenderedText: Sendable {
  var text: String
  var missing: [TemplatePath]
  var fault: TemplateValueFault?
  /// Tags and rounds of loops.
  var steps: Int
}
