/// The elements that are kept. `body` becomes a `div`.
enum Tag: String, CaseIterable {
  // Blocks.
  case address, article, aside, blockquote, center, details, div, figcaption, figure, footer, header, main,
    nav
  case section, summary
  case p, pre, hr, h1, h2, h3, h4, h5, h6
  case ol, ul, li, dl, dt, dd
  // Tables.
  case table, caption, colgroup, col, thead, tbody, tfoot, tr, td, th
  // What the parsing rules call formatting elements.
  case a, b, big, code, em, font, i, s, small, strike, strong, tt, u
  // Other elements within a line.
  case abbr, bdi, bdo, br, cite, del, dfn, img, ins, kbd, mark, q, rp, rt, ruby, samp, span, sub, sup, time
  case `var`, wbr
  case body

  /// The name that is written.
  var name: String { self == .body ? Tag.div.rawValue : rawValue }

  var isVoid: Bool {
    switch self {
    case .br, .col, .hr, .img, .wbr: true
    default: false
    }
  }

  var isHeading: Bool {
    switch self {
    case .h1, .h2, .h3, .h4, .h5, .h6: true
    default: false
    }
  }

  /// Section 13.2.4.3, "formatting": reopened when a block, a cell or a misplaced end tag has closed it.
  var isFormatting: Bool {
    switch self {
    case .a, .b, .big, .code, .em, .font, .i, .s, .small, .strike, .strong, .tt, .u: true
    default: false
    }
  }

  /// Begins a new block: an open paragraph ends before it.
  var isBlock: Bool {
    switch self {
    case .address, .article, .aside, .blockquote, .center, .details, .dl, .div, .figcaption, .figure, .footer,
      .header, .main, .nav, .ol, .p, .pre, .section, .summary, .ul, .h1, .h2, .h3, .h4, .h5, .h6, .body:
      true
    default: false
    }
  }

  /// Section 13.2.4.2, "special".
  var isSpecial: Bool {
    isBlock || isTablePart || isCell
      || {
        switch self {
        case .br, .dd, .dt, .hr, .img, .li, .table, .wbr: true
        default: false
        }
      }()
  }

  var isCell: Bool { self == .td || self == .th || self == .caption }

  /// What is only allowed within a table.
  var isTablePart: Bool {
    switch self {
    case .caption, .col, .colgroup, .tbody, .td, .tfoot, .th, .thead, .tr: true
    default: false
    }
  }

  /// Elements that hold parts of a table only, neither text nor anything else.
  var holdsTableParts: Bool {
    switch self {
    case .table, .colgroup, .tbody, .tfoot, .thead, .tr: true
    default: false
    }
  }

  /// Elements whose end tags may be left out (section 13.2.6.3, "generate implied end tags").
  var hasImpliedEnd: Bool {
    switch self {
    case .dd, .dt, .li, .p, .rp, .rt: true
    default: false
    }
  }
}
