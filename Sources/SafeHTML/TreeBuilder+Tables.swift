extension TreeBuilder {
  var isInTable: Bool { open.contains { tag($0) == .table } }

  /// Closes and opens what is needed, so that this part of a table may follow; a table must be open.
  mutating func makeRoom(for part: Tag) {
    while let current, !current.holdsTableParts { pop() }
    switch part {
    case .col:
      if current != .colgroup {
        popToTable()
        push(.colgroup, [])
      }
    case .tr: openGroup()
    case .td, .th:
      guard current != .tr else { return }
      openGroup()
      push(.tr, [])
    default: popToTable()
    }
  }

  private mutating func popToTable() {
    while let current, current != .table { pop() }
  }

  private mutating func openGroup() {
    if current == .tr { pop() }
    if current == .colgroup { pop() }
    if current == .table { push(.tbody, []) }
  }

  /// Ends it, if it belongs to the innermost table, with all that is open in it.
  mutating func endTablePart(_ part: Tag) {
    for node in open.reversed() {
      if tag(node) == part { return pop { $0 == part } }
      if tag(node) == .table { return }
    }
  }
}
