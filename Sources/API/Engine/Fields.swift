import JSON

/// The table of one contract: its name, what it is for, and its fields in the order in which they are
/// written.
package final class Fields<Root: Contract>: Sendable {
  let schema: ObjectSchema
  /// Where values stream, and how many of them there may be in all.
  let streams: (patterns: [JSONStreamPattern], count: Int)
  /// Reads all fields. With faults, which the reading keeps, the value contains what could be read.
  ///
  /// It is made where `Root` is known, so that the compiler makes one for each contract: reading is a third
  /// faster.
  let read: @Sendable (JSONObject, inout Reading) -> Root
  private let fields: [Field<Root>]

  /// - Parameters:
  ///   - name: The component in `openapi.json`.
  ///   - summary: One sentence about the object.
  package init(_ name: String, _ summary: String, @FieldsBuilder<Root> _ parts: () -> [FieldsPart<Root>]) {
    var fields: [Field<Root>] = []
    var unsupported: [String] = []
    var rules: [Rule<Root>] = []
    for part in parts() {
      switch part {
      case .field(let field): fields.append(field)
      case .unsupported(let names): unsupported += names
      case .rule(let rule): rules.append(rule)
      }
    }
    // One bit for each field records whether it was given.
    precondition(fields.count <= UInt64.bitWidth, "\(name) has more than 64 fields.")
    self.fields = fields
    schema = ObjectSchema(
      name: name, summary: summary, fields: fields.map(\.description), unsupported: unsupported)
    let streams = schema.streams
    self.streams = (streams.map { JSONStreamPattern($0.pattern) }, streams.reduce(0) { $0 + $1.count })
    let reader = ObjectReader(
      readers: fields.map(\.read), index: NameIndex(fields.map(\.description.name) + unsupported),
      rules: rules,
      fields: schema.fields)
    read = { reader.read($0, &$1) }
  }

  func write(_ root: Root, to writing: inout Writing) {
    writing.json.beginObject()
    for field in fields { field.write(root, &writing) }
    writing.json.endObject()
  }

  /// Each field's name and text, as a query or a form has them.
  func pairs(_ root: Root) -> [(String, String)] {
    fields.compactMap { field in field.text(root).map { (field.description.name, $0) } }
  }
}

/// The reading half of a table.
private struct ObjectReader<Root: Contract>: Sendable {
  let readers: [Field<Root>.Reader]
  /// Slots of fields, then those of unsupported names.
  let index: NameIndex
  let rules: [Rule<Root>]
  let fields: [FieldDescription]
  /// A bit for each slot that is required, and for each that `null` is a value of.
  let required, nullable: UInt64

  init(
    readers: [Field<Root>.Reader], index: NameIndex, rules: [Rule<Root>], fields: [FieldDescription]
  ) {
    self.readers = readers
    self.index = index
    self.rules = rules
    self.fields = fields
    required = fields.enumerated().reduce(0) { $1.element.isRequired ? $0 | 1 << $1.offset : $0 }
    nullable = fields.enumerated().reduce(0) { $1.element.takesNull ? $0 | 1 << $1.offset : $0 }
  }

  func read(_ object: JSONObject, _ reading: inout Reading) -> Root {
    var root = Root()
    var given: UInt64 = 0
    for (name, value) in object.members {
      // A null means the same as leaving the field out, except where the table says otherwise.
      if case .null = value, !takesNull(name) { continue }
      guard let slot = index.slot(of: name), slot < readers.count else {
        refuse(name, &reading)
        continue
      }
      if reading.mode.isForm, fields[slot].isLeftOut(value) { continue }
      given |= 1 << slot
      let mark = reading.mark
      readers[slot](value, &root, &reading)
      reading.leave(.member(name), since: mark)
    }
    if required & ~given != 0 { tellMissing(required & ~given, &reading) }
    if !rules.isEmpty, !reading.mode.isLenient { check(root, given, &reading) }
    return root
  }

  private func takesNull(_ name: String) -> Bool {
    index.slot(of: name).map { $0 < readers.count && nullable & 1 << $0 != 0 } ?? false
  }

  private func refuse(_ name: String, _ reading: inout Reading) {
    if reading.mode.ignoresUnknown { return }
    if index.slot(of: name) == nil {
      reading.fault(of: .member(name), "is not a field of this request", .unknown)
    } else {
      reading.fault(of: .member(name), "is not supported by this version", .unsupported)
    }
  }

  private func tellMissing(_ missing: UInt64, _ reading: inout Reading) {
    for slot in fields.indices where missing & 1 << slot != 0 {
      reading.fault(of: .member(fields[slot].name), "is required")
    }
  }

  private func check(_ root: Root, _ given: UInt64, _ reading: inout Reading) {
    var complaints = Complaints { [index] name in
      index.slot(of: name).map { given & 1 << $0 != 0 } ?? false
    }
    for rule in rules { rule.check(root, &complaints) }
    for complaint in complaints.list { reading.fault(of: .member(complaint.field), complaint.message) }
  }
}

/// A rule about several fields, checked after all of them were read; it may see some that were faulty as not
/// given.
package struct Rule<Root: Contract>: Sendable {
  let check: @Sendable (Root, inout Complaints) -> Void

  package init(_ check: @escaping @Sendable (Root, inout Complaints) -> Void) {
    self.check = check
  }
}

/// What a rule has to say.
package struct Complaints {
  private let given: (String) -> Bool
  private(set) var list: [(field: String, message: String)] = []

  init(given: @escaping (String) -> Bool) {
    self.given = given
  }

  /// Whether the field was there, faulty or not.
  package func isGiven(_ field: String) -> Bool { given(field) }

  /// The field is needed here. One that was given and is faulty has been reported already.
  package mutating func missing(_ field: String) {
    if !given(field) { list.append((field, "is required")) }
  }

  /// - Parameter message: The rest of a sentence that begins with the field's name.
  package mutating func add(_ field: String, _ message: String) {
    list.append((field, message))
  }
}

/// One line of a table.
package enum FieldsPart<Root: Contract>: Sendable {
  case field(Field<Root>)
  case unsupported([String])
  case rule(Rule<Root>)
}

@resultBuilder
package enum FieldsBuilder<Root: Contract> {
  package static func buildExpression(_ field: Field<Root>) -> [FieldsPart<Root>] { [.field(field)] }
  package static func buildExpression(_ field: Required<Root>) -> [FieldsPart<Root>] { [.field(field.field)] }
  package static func buildExpression(_ names: Unsupported) -> [FieldsPart<Root>] {
    [.unsupported(names.names)]
  }
  package static func buildExpression(_ rule: Rule<Root>) -> [FieldsPart<Root>] { [.rule(rule)] }
  package static func buildExpression(_ parts: [FieldsPart<Root>]) -> [FieldsPart<Root>] { parts }
  package static func buildBlock(_ parts: [FieldsPart<Root>]...) -> [FieldsPart<Root>] {
    parts.flatMap(\.self)
  }
}
