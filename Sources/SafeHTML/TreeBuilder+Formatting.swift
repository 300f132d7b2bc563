/// The list of active formatting elements, section 13.2.4.3, and the adoption agency algorithm, 13.2.6.4.7.
extension TreeBuilder {
  /// "The Noah's Ark clause": of equal ones, three remain.
  private static let mostAlike = 3

  private var sinceMarker: Range<Int> {
    let marker = formatting.lastIndex { $0 == nil }
    return (marker.map { $0 + 1 } ?? 0)..<formatting.count
  }

  mutating func remember(_ node: Int) {
    let alike = sinceMarker.filter { index in formatting[index].map { tree.isAlike($0, node) } ?? false }
    if alike.count >= Self.mostAlike { formatting.remove(at: alike[0]) }
    formatting.append(node)
  }

  private mutating func forget(_ node: Int) {
    if let index = formatting.lastIndex(of: node) { formatting.remove(at: index) }
  }

  private func remembered(_ tag: Tag) -> Int? {
    sinceMarker.reversed().lazy.compactMap { self.formatting[$0] }.first { self.tag($0) == tag }
  }

  mutating func reconstructFormatting() {
    var index = formatting.count
    while index > 0, let node = formatting[index - 1], !open.contains(node) { index -= 1 }
    while index < formatting.count, let node = formatting[index], hasRoom(for: tag(node)) {
      let copy = tree.copy(of: node)
      push(copy)
      formatting[index] = copy
      index += 1
    }
  }

  /// A link within a link ends the outer one.
  mutating func closeLink() {
    if remembered(.a) != nil { endFormatting(.a) }
  }

  mutating func endFormatting(_ tag: Tag) {
    if current == tag, let last = open.last, !formatting.contains(last) { return pop() }
    // Each round goes one block deeper. The standard stops after eight, which can leave a link within a link.
    while true {
      guard let element = remembered(tag) else { return endOther(tag) }
      guard let index = open.lastIndex(of: element) else { return forget(element) }
      guard let block = open[(index + 1)...].firstIndex(where: { self.tag($0).isSpecial }),
        hasRoom(for: tag, copies: block - index)
      else {
        while open.count > index { pop() }
        return forget(element)
      }
      adopt(element: index, block: block)
    }
  }

  /// Moves a block out of the formatting element that ends, and puts the element's copy into the block.
  ///
  /// - Parameter element: its index among the open elements; `block` is a later one.
  private mutating func adopt(element index: Int, block: Int) {
    let element = open[index]
    let furthest = open[block]
    let parent = index > 0 ? open[index - 1] : Tree.root
    tree.removeLast(furthest)
    var last = furthest
    var bookmark: Int?
    var copies: [Int] = []
    for (distance, node) in open[(index + 1)..<block].reversed().enumerated() {
      guard let entry = formatting.lastIndex(of: node) else { continue }
      guard distance < 3 else {
        formatting.remove(at: entry)
        continue
      }
      let copy = tree.copy(of: node)
      formatting[entry] = copy
      if last == furthest { bookmark = copy }
      tree.append(last, to: copy)
      copies.append(copy)
      last = copy
    }
    tree.append(last, to: parent)
    let inner = tree.copy(of: element)
    tree.moveChildren(of: furthest, to: inner)
    tree.append(inner, to: furthest)

    let place = bookmark.flatMap { formatting.lastIndex(of: $0) }.map { $0 + 1 }
    let entry = formatting.lastIndex(of: element) ?? formatting.count
    formatting.insert(inner, at: place ?? entry)
    forget(element)
    open.replaceSubrange(index...block, with: copies.reversed() + [furthest, inner])
  }
}
