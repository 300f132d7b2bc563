package import Core

/// What is wrong with one request: the first faults in full, the others only counted, so that a body of a
/// hundred thousand faults costs no more than reading it.
package struct Faults: Sendable {
  /// A reader corrects a few and asks again; more would only make the answer grow.
  package static let limit = 20

  private var told: [Told] = []
  private(set) var count = 0

  private struct Told: Sendable {
    let kind: FaultKind
    let message: String
    /// Which of all faults it is, from 1.
    let number: Int
    /// From the inside out.
    var steps: [Step] = []

    var fault: FieldFault {
      var path = ""
      for step in steps.reversed() { step.extend(&path) }
      return FieldFault(message: message, key: path)
    }
  }

  var first: FieldFault? { told.first?.fault }

  /// Whether one more of this kind is reported: as long as there is room, and when it decides the code of the
  /// whole.
  func wants(_ kind: FaultKind) -> Bool {
    told.count < Self.limit || told.allSatisfy { $0.kind < kind }
  }

  mutating func add(_ kind: FaultKind, _ message: String) {
    count += 1
    if told.count == Self.limit { told.removeLast() }
    told.append(Told(kind: kind, message: message, number: count))
  }

  /// One more that is not reported.
  mutating func skip() {
    count += 1
  }

  /// Puts `step` in front of the place of each fault after the first `mark`.
  mutating func place(since mark: Int, in step: Step) {
    for index in told.indices.reversed() {
      guard told[index].number > mark else { return }
      told[index].steps.append(step)
    }
  }

  /// `nil` when nothing is wrong. What is not supported decides its code, then what is unknown.
  var problem: Problem? {
    guard let kind = told.map(\.kind).max() else { return nil }
    return Problem(kind.code, faults: told.map(\.fault), of: count, remedy: kind.remedy)
  }
}

extension Problem {
  /// A problem of single fields.
  ///
  /// - Parameters:
  ///   - faults: The first of them, their messages without a full stop.
  ///   - count: How many there are.
  package init(
    _ code: ProblemCode, faults: [FieldFault], of count: Int,
    remedy: String = "Correct the field and send the request again."
  ) {
    var sentences = faults.map { "\($0.key): \($0.message)" }
    if count > faults.count { sentences.append("and \(count - faults.count) more") }
    self.init(code, sentences.joined(separator: "; ") + ".", remedy: remedy, fields: faults)
  }
}

/// In what way a field is wrong; of several the greatest decides.
enum FaultKind: Int, Sendable, Comparable {
  /// Its value is.
  case invalid
  /// There is no such field.
  case unknown
  /// The vocabulary has it, this version does not.
  case unsupported

  static func < (lhs: FaultKind, rhs: FaultKind) -> Bool { lhs.rawValue < rhs.rawValue }

  fileprivate var code: ProblemCode {
    switch self {
    case .invalid: .requestInvalidField
    case .unknown: .requestUnknownField
    case .unsupported: .requestNotSupported
    }
  }

  fileprivate var remedy: String {
    switch self {
    case .invalid: "Correct the field and send the request again."
    case .unknown: "Correct the spelling, or leave the field out."
    case .unsupported: "Leave the field out; this version does not support what it requests."
    }
  }
}
