/// Which part of a list: pages are counted from 0.
package struct PageRequest: Sendable, Hashable {
  package var page: Int
  package var size: Int

  package init(page: Int = 0, size: Int = 20) {
    self.page = page
    self.size = size
  }

  var offset: Int { page * size }
}

/// Part of a list, and how long the whole is.
package struct Page<Element: Sendable>: Sendable {
  package var elements: [Element]
  package var total: Int

  package init(_ elements: [Element], of total: Int) {
    self.elements = elements
    self.total = total
  }

  package func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
    Page<Other>(try elements.map(transform), of: total)
  }
}
