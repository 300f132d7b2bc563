import Core
import JSON

/// One object being read: by whom, and what was wrong so far.
///
/// The position of the reader is not tracked. A fault is noted without its place; on the way out, the code that
/// read a part of something puts the part's name in front of the faults that came from it. So what has no faults
/// pays nothing.
struct Reading: Sendable {
  let mode: Mode
  private(set) var faults = Faults()

  init(_ mode: Mode) {
    self.mode = mode
  }

  /// Who reads what.
  enum Mode: Sendable {
    /// We read a JSON request: strictly.
    case request
    /// We read a query or a form: strictly, and every value is text.
    case form
    /// A command reads a reply, perhaps from a newer gateway.
    case reply

    /// Fields that the table does not know are passed over.
    var ignoresUnknown: Bool { self == .reply }
    /// Limits, words and rules are not enforced.
    var isLenient: Bool { self == .reply }
    var isForm: Bool { self == .form }
  }

  /// Adds a fault of the value that is being read.
  ///
  /// - Parameter message: The rest of a sentence that begins with the field's name.
  mutating func fault(_ message: @autoclosure () -> String, _ kind: FaultKind = .invalid) {
    guard faults.wants(kind) else { return faults.skip() }
    faults.add(kind, message())
  }

  mutating func wrongKind(_ value: JSONValue, expected: String) {
    fault("must be \(expected), not \(value.kind)")
  }

  /// Adds a fault of a part of the value that is being read.
  mutating func fault(of step: Step, _ message: @autoclosure () -> String, _ kind: FaultKind = .invalid) {
    let mark = faults.count
    fault(message(), kind)
    faults.place(since: mark, in: step)
  }

  /// How many faults there are: for `leave`.
  var mark: Int { faults.count }

  /// Records that the faults since `mark` are in this part.
  mutating func leave(_ step: @autoclosure () -> Step, since mark: Int) {
    if faults.count != mark { faults.place(since: mark, in: step()) }
  }
}

/// A part of a value.
enum Step: Sendable {
  case member(String)
  case element(Int)
  /// A path from the root.
  case path(String)

  func extend(_ path: inout String) {
    switch self {
    case .member(let name): path = JSONPath.member(name, of: path)
    case .element(let index): path = JSONPath.element(index, of: path)
    case .path(let whole): path = whole
    }
  }
}
