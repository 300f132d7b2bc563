import JSON

/// A field that may be left out: its property is optional, or its value after `init()` is the default.
package struct Field<Root: Contract>: Sendable {
  typealias Reader = @Sendable (JSONValue, inout Root, inout Reading) -> Void

  let description: FieldDescription
  /// Reads the value into its property; a faulty one leaves the property as it is.
  let read: Reader
  /// Writes name and value, or nothing.
  let write: @Sendable (Root, inout Writing) -> Void
  /// The value as text in a query or a form; `nil` when there is none.
  let text: @Sendable (Root) -> String?

  /// - Parameter summary: One sentence for the documentation.
  package init<Value>(
    _ name: String, _ property: Property<Root, Value?>, _ kind: Kind<Value>, _ summary: String
  ) {
    description = FieldDescription(
      name: name, summary: summary, schema: kind.schema, isRequired: false, defaultText: nil)
    let stored = StoredProperty(property)
    read = { value, root, reading in
      if let value = kind.read(value, &reading) { stored.set(value, in: &root) }
    }
    write = { root, writing in
      guard let value = root[keyPath: property] else { return }
      writing.json.key(name)
      kind.write(value, &writing)
    }
    text = { root in root[keyPath: property].flatMap { kind.text?($0) } }
  }

  package init<Value>(
    _ name: String, _ property: Property<Root, Value>, _ kind: Kind<Value>, _ summary: String
  ) {
    self.init(name, property, kind, summary, isRequired: false)
  }

  package init<Value>(_ term: Term<Value>, _ property: Property<Root, Value?>) {
    self.init(term.name, property, term.kind, term.summary)
  }

  package init<Value>(_ term: Term<Value>, _ property: Property<Root, Value>) {
    self.init(term.name, property, term.kind, term.summary)
  }

  fileprivate init<Value>(
    _ name: String, _ property: Property<Root, Value>, _ kind: Kind<Value>, _ summary: String,
    isRequired: Bool
  ) {
    let initial = Root()[keyPath: property]
    let startsEmpty = kind.isEmpty?(initial) ?? false
    let omits = !isRequired && startsEmpty ? kind.isEmpty : nil
    var writing = Writing(revealsSecrets: false)
    if !isRequired, !startsEmpty { kind.write(initial, &writing) }
    description = FieldDescription(
      name: name, summary: summary, schema: kind.schema, isRequired: isRequired,
      defaultText: writing.json.bytes.isEmpty ? nil : writing.json.bytes)
    let stored = StoredProperty(property)
    read = { value, root, reading in
      if let value = kind.read(value, &reading) { stored.set(value, in: &root) }
    }
    write = { root, writing in
      let value = root[keyPath: property]
      if omits?(value) == true { return }
      writing.json.key(name)
      kind.write(value, &writing)
    }
    text = { root in kind.text?(root[keyPath: property]) }
  }
}

/// A field that must be there. On reading, without it the object is refused; on writing, it is always
/// written.
package struct Required<Root: Contract>: Sendable {
  let field: Field<Root>

  /// - Parameter summary: One sentence for the documentation.
  package init<Value>(
    _ name: String, _ property: Property<Root, Value>, _ kind: Kind<Value>, _ summary: String
  ) {
    field = Field(name, property, kind, summary, isRequired: true)
  }

  package init<Value>(_ term: Term<Value>, _ property: Property<Root, Value>) {
    self.init(term.name, property, term.kind, term.summary)
  }
}

/// Names that the vocabulary has and this version does not support: they are refused as that.
package struct Unsupported: Sendable {
  let names: [String]

  package init(_ names: String...) {
    self.names = names
  }
}

/// What one field is in several objects: its name, its kind and its sentence.
package struct Term<Value: Sendable>: Sendable {
  let name: String
  let kind: Kind<Value>
  let summary: String

  init(_ name: String, _ kind: Kind<Value>, _ summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
  }
}
