/// A query that asks for one page of a list.
package protocol PagedQuery: Contract {
  /// From 0.
  var page: Int { get set }
  var pageSize: Int { get set }
}

/// The reply to one: which page of how many.
package protocol PagedReply: Contract {
  var total: Int { get set }
  var page: Int { get set }
  var pages: Int { get set }
}

extension PagedReply {
  /// - Parameter total: How many entries there are on all pages.
  package init(_ query: some PagedQuery, total: Int) {
    self.init()
    self.total = total
    page = query.page
    pages = (total + query.pageSize - 1) / query.pageSize
  }
}

enum PageTerm {
  static let page = Term("page", Kind<Int>.integer(0...1_048_576), "The number of the page, from 0.")
  static let pageSize = Term("pageSize", Kind<Int>.integer(1...1000), "How many entries a page has.")
  static let total = Term("total", Kind<Int>.integer(0...(.max)), "How many entries there are on all pages.")
  static let number = Term("page", Kind<Int>.integer(0...1_048_576), "The number of this page, from 0.")
  static let pages = Term("pages", Kind<Int>.integer(0...(.max)), "How many pages there are.")
}

/// A list without a filter.
package struct PageQuery: PagedQuery {
  package var page = 0
  package var pageSize = 20

  package init() {}

  package static let fields = Fields<Self>("PageQuery", "One page of a list.") {
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
  }
}
